import Glibc

/// Finding bytes in bytes.
enum ByteSearch {
  /// The offset of the first occurrence of a pattern, or nil.
  ///
  /// `memchr` finds the pattern's first byte with vector instructions; a boundary begins with a
  /// carriage return, which most files hold rarely, and never more than once a line.
  static func firstOffset(of pattern: [UInt8], in bytes: UnsafeRawBufferPointer) -> Int? {
    guard let first = pattern.first, let base = bytes.baseAddress else { return nil }
    var start = 0
    while bytes.count - start >= pattern.count {
      let candidates = bytes.count - start - pattern.count + 1
      guard let found = memchr(base + start, Int32(first), candidates) else { return nil }
      let offset = UnsafeRawPointer(found) - base
      if memcmp(base + offset, pattern, pattern.count) == 0 { return offset }
      start = offset + 1
    }
    return nil
  }
}
