/// The peculiarities of one record. None of them stops the parser.
package struct CSVRecordFlags: OptionSet, Sendable, Hashable {
  /// One bit per peculiarity.
  package let rawValue: UInt8

  /// Creates flags from bits.
  package init(rawValue: UInt8) { self.rawValue = rawValue }

  /// An empty line (IMP-41). It counts as one empty value.
  package static let blankLine = CSVRecordFlags(rawValue: 1 << 0)
  /// A byte is not valid UTF-8, or was not valid in the original encoding.
  package static let invalidEncoding = CSVRecordFlags(rawValue: 1 << 1)
  /// It contains a NUL, which text in PostgreSQL cannot hold.
  package static let nul = CSVRecordFlags(rawValue: 1 << 2)
  /// Text other than spaces follows a closing quote. It was read as part of the value.
  package static let strayText = CSVRecordFlags(rawValue: 1 << 3)
  /// The bytes end inside quotes. ``CSVSplitter`` refuses such a record.
  package static let unclosedQuote = CSVRecordFlags(rawValue: 1 << 4)
  /// It has more values than the parser keeps, and not all of the surplus is blank.
  package static let tooManyFields = CSVRecordFlags(rawValue: 1 << 5)
}
