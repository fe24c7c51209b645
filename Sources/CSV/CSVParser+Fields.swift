import Primitives

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

  /// Calls the closure with the value's bytes without the blanks at both ends (IMP-40).
  @inlinable
  package func withTrimmedField<Result>(
    _ index: Int, _ body: (UnsafeRawBufferPointer) throws -> Result
  ) rethrows -> Result {
    try withField(index) { raw in
      try body(UnsafeRawBufferPointer(raw.bindMemory(to: UInt8.self).trimmed()))
    }
  }

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

  /// Whether the record is a blank line or all its values are empty or only blanks (IMP-41).
  package var isEmpty: Bool {
    if flags.contains(.tooManyFields) { return false }
    for index in 0..<min(fieldCount, maximumFields)
    where !withTrimmedField(index, { $0.isEmpty }) { return false }
    return true
  }

  /// The bytes of the record as in the file, without the line end.
  package var rawRecord: ArraySlice<UInt8> { bytes[byteRange] }
}
