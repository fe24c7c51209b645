extension CSVParser {
  /// Calls the closure with the value's bytes, unquoted and untrimmed. A missing or dropped value
  /// is empty (IMP-40).
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

  /// Calls the closure with the value's bytes, trimmed of spaces, tabs and line ends (IMP-40).
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

  /// Whether the value stands in quotes.
  package func isQuoted(_ index: Int) -> Bool {
    guard index >= 0, index < min(fieldCount, maximumFields) else { return false }
    let start = fields[index].start
    // The scratch buffer holds nothing but what was in quotes.
    return start < 0 || start > byteRange.lowerBound && bytes[start - 1] == dialect.quote
  }

  /// Returns the value as text; bytes that are not UTF-8 become U+FFFD.
  package func field(_ index: Int) -> String {
    withField(index) { String(decoding: $0, as: UTF8.self) }
  }

  /// All kept values, as text.
  package var values: [String] { (0..<min(fieldCount, maximumFields)).map(field) }

  /// Whether the record is a blank line or all its values are empty or only spaces (IMP-41).
  /// Dropped values are ignored.
  package var isEmpty: Bool {
    for index in 0..<min(fieldCount, maximumFields)
    where !withTrimmedField(index, { $0.isEmpty }) { return false }
    return true
  }

  /// The bytes of the record as in the file, without the line end.
  package var rawRecord: ArraySlice<UInt8> { bytes[byteRange] }
}
