/// What is remarkable about one record. None of it stops the parser.
package struct CSVRecordFlags: OptionSet, Sendable, Hashable {
  /// One bit per fault.
  package let rawValue: UInt8

  /// Flags of these bits.
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// A line with nothing on it (IMP-41). It counts as one empty value.
  package static let blankLine = CSVRecordFlags(rawValue: 1 << 0)
  /// Some byte is not valid UTF-8, or was not valid in the encoding it came from.
  package static let invalidEncoding = CSVRecordFlags(rawValue: 1 << 1)
  /// It holds a NUL, which no text in PostgreSQL can hold.
  package static let nul = CSVRecordFlags(rawValue: 1 << 2)
  /// Text other than spaces follows a closing quote. It was taken as part of the value.
  package static let strayText = CSVRecordFlags(rawValue: 1 << 3)
  /// The bytes end inside quotes. ``CSVSplitter`` lets no such record through.
  package static let unclosedQuote = CSVRecordFlags(rawValue: 1 << 4)
  /// It has more values than the parser was told to keep.
  package static let tooManyFields = CSVRecordFlags(rawValue: 1 << 5)
}
