import Glibc

/// Nanoseconds on the monotonic clock, which the connection's deadlines use.
enum Monotonic {
  /// Further away than any deadline.
  static let never = Int64.max

  static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
  }
}
