import JobQueue
import Runtime

/// The jobs that workers know, and those that come by themselves.
enum Handlers {
  /// Every kind of job with its handler.
  static func registry(_ backends: Backends) -> JobRegistry {
    let registry = JobRegistry()
    return registry
  }

  /// Jobs that schedulers enqueue again and again.
  static var periodic: [PeriodicJob] { [] }
}
