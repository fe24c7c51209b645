import Foundation
import ServiceLifecycle

/// Keeps a process small at rest.
package enum Memory {
  /// Tells glibc's allocator to use few arenas and to give memory back; call once, at the very
  /// start.
  ///
  /// glibc makes an arena per thread, up to eight times the cores, each of which keeps what was
  /// freed in it: a worker that imported a large part would stay at its greatest size. Does
  /// nothing with another allocator.
  package static func limitArenas(_ count: Int32 = 2) {
    // By name: `malloc.h` is not in the system's module, and other C libraries lack the function.
    guard let symbol = dlsym(nil, "mallopt") else { return }
    typealias Option = @convention(c) (Int32, Int32) -> Int32
    let set = unsafeBitCast(symbol, to: Option.self)
    let (trimThreshold, mapThreshold, arenaMax): (Int32, Int32, Int32) = (-1, -3, -8)
    _ = set(arenaMax, count)
    _ = set(trimThreshold, 1 << 20)
    _ = set(mapThreshold, 256 << 10)
  }

  /// Gives back what is not in use: free memory of the allocator, and pages of code.
  ///
  /// Much of what is resident after the start, or after a large job, is code that ran once. Such
  /// pages are clean copies of the program's files; what is needed again comes back from the page
  /// cache when it is touched. Linux only.
  package static func release() {
    #if os(Linux)
      if let symbol = dlsym(nil, "malloc_trim") {
        typealias Trim = @convention(c) (Int) -> Int32
        _ = unsafeBitCast(symbol, to: Trim.self)(0)
      }
      guard let data = FileManager.default.contents(atPath: "/proc/self/smaps") else { return }
      for range in codeRanges(String(decoding: data, as: UTF8.self)) {
        guard let start = UnsafeMutableRawPointer(bitPattern: range.lowerBound) else { continue }
        // Refusal leaves things as they are.
        _ = madvise(start, Int(range.upperBound - range.lowerBound), Int32(MADV_DONTNEED))
      }
    #endif
  }

  /// Addresses of executable mappings of files that hold no page of the process's own: only these
  /// can be dropped without loss.
  static func codeRanges(_ smaps: String) -> [Range<UInt>] {
    var ranges: [Range<UInt>] = []
    var candidate: Range<UInt>?
    for line in smaps.split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count >= 6, words[1] == "r-xp", words[5].hasPrefix("/") {
        let ends = words[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
        candidate = ends.count == 2 && ends[0] < ends[1] ? ends[0]..<ends[1] : nil
      } else if words.count >= 5, words[0].contains("-") {
        candidate = nil
      } else if words.count == 3, words[0] == "Anonymous:", let range = candidate {
        if words[1] == "0" { ranges.append(range) }
        candidate = nil
      }
    }
    return ranges
  }
}
