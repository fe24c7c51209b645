import Foundation

/// Keeps a process small at rest.
public enum Memory {
  /// Tells glibc's allocator to use few arenas and to give memory back; call once, first thing.
  ///
  /// glibc makes an arena per thread, up to eight times the cores, each of which keeps what was
  /// freed in it: a worker that imported a large part would stay at its greatest size. Does
  /// nothing with another allocator.
  public static func limitArenas(_ count: Int32 = 2) {
    // By name: `malloc.h` is not in the system's module, and other C libraries lack the function.
    guard let symbol = dlsym(nil, "mallopt") else { return }
    typealias Option = @convention(c) (Int32, Int32) -> Int32
    let set = unsafeBitCast(symbol, to: Option.self)
    let (trimThreshold, mapThreshold, arenaMax): (Int32, Int32, Int32) = (-1, -3, -8)
    _ = set(arenaMax, count)
    _ = set(trimThreshold, 1 << 20)
    _ = set(mapThreshold, 256 << 10)
  }
}
