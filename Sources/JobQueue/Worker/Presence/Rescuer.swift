/// Takes over jobs of dead workers at intervals, less often than schedulers do, so that no single role is vital.
struct Rescuer: Sendable {
  let reaper: Reaper
  let queues: [String]

  /// Runs until the task is cancelled.
  func run() async {
    while !Task.isCancelled {
      do { try await Task.sleep(for: .seconds(Double.random(in: 2...3))) } catch { return }
      await reaper.reap(queues)
    }
  }
}
