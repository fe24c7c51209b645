extension CSVParser {
  /// Gives the closure the value's bytes, unquoted, as they stand in the file. A value that the
  /// record does not have, or that was dropped, is empty (IMP-40).
  @inlinable
  package func withField<Result>(
    _ index: Int, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    guard index >= 0, index < min(fieldCount, maximumFields) else {
      return try body(UnsafeRawBufferPointer(start: nil, count: 0))
    }
    let slice = fields[index]
    if slice.start >= 0 {
      return try bytes.withUnsafeBytes { all in
        try body(UnsafeRawBufferPointer(rebasing: all[slice.start..<slice.end]))
      }
    }
    return try scratch.withUnsafeBytes { all in
      try body(UnsafeRawBufferPointer(rebasing: all[~slice.start..<(~slice.end)]))
    }
  }

  /// Gives the closure the value's bytes without spaces, tabs and line ends at either end (IMP-40).
  @inlinable
  package func withTrimmedField<Result>(
    _ index: Int, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try withField(index) { raw in
      var start = 0
      var end = raw.count
      while start < end, Self.isSpace(raw[start]) { start += 1 }
      while end > start, Self.isSpace(raw[end - 1]) { end -= 1 }
      return try body(UnsafeRawBufferPointer(rebasing: raw[start..<end]))
    }
  }

  @inlinable
  static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }

  /// The value as text; bytes that are not UTF-8 become U+FFFD.
  package func field(_ index: Int) -> String {
    withField(index) { String(decoding: $0, as: UTF8.self) }
  }

  /// All values that were kept, as text.
  package var values: [String] { (0..<min(fieldCount, maximumFields)).map(field) }

  /// Whether the record is a blank line or every value is empty or only spaces (IMP-41). Values
  /// that were dropped are not looked at.
  package var isEmpty: Bool {
    for index in 0..<min(fieldCount, maximumFields)
    where !withTrimmedField(index, { $0.isEmpty }) { return false }
    return true
  }

  /// The bytes of the record as they stand in the file, without the line end.
  package var rawRecord: ArraySlice<UInt8> { bytes[byteRange] }
}
