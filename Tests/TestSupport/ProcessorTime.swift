import Foundation

/// The time that the calling thread spends computing in `body`: what other threads and processes do meanwhile does not
/// count.
public func processorTime(_ body: () throws -> Void) rethrows -> Duration {
  func spent() -> Duration {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
  }
  let start = spent()
  try body()
  return spent() - start
}
