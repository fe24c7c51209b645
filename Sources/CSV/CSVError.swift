/// The reason why a whole file is refused. Errors of single rows are ``CSVRecordFlags``.
package enum CSVError: Error, Sendable, Hashable {
  /// The file is empty, or has only blank lines.
  case empty
  /// The first record names no column (IMP-09).
  case noHeader
  /// The file is not text.
  case binary(BinaryKind)
  /// The first MiB is not in the expected encoding (IMP-02); `line` has the first invalid byte,
  /// `likely` is the encoding that the bytes suggest.
  case wrongEncoding(expected: String, likely: TextEncoding?, line: Int)
  /// A record is longer than `limit` bytes. It starts on physical line `line`; if an unclosed quote
  /// caused it, `openQuoteLine` is the line of that quote.
  case recordTooLong(line: Int, limit: Int, openQuoteLine: Int?)
  /// The first record has more columns than allowed.
  case tooManyColumns(line: Int, limit: Int)
  /// The file ends inside a quoted value that was opened on physical line `line`.
  case unbalancedQuote(line: Int)
  /// The file, or its first MiB, ends before the line on which its table is said to begin.
  case noSuchLine(Int)
  /// The delimiter, quote or escape cannot be used.
  case invalidDialect(String)

  /// The physical line of the error, from 1, if it has one.
  package var line: Int? {
    switch self {
    case .empty, .noHeader, .binary, .invalidDialect, .noSuchLine: nil
    case .wrongEncoding(_, _, let line), .tooManyColumns(let line, _): line
    case .recordTooLong(let line, _, let quote): quote ?? line
    case .unbalancedQuote(let line): line
    }
  }
}

extension CSVError: CustomStringConvertible {
  /// A sentence for the person who uploaded the file.
  package var description: String {
    switch self {
    case .empty:
      return "the file is empty"
    case .noHeader:
      return "the file has no header: no row names a column"
    case .binary(let kind):
      return "the file is not a CSV file: it looks like \(kind.description)"
    case .wrongEncoding(let expected, let likely, let line):
      let hint =
        likely.map { "; it looks like \($0.name)" }
        ?? "; which encoding it is in does not show: name it in parser.encoding"
      return "wrong encoding: line \(line) is not valid \(expected)\(hint)"
    case .recordTooLong(let line, let limit, let quoteLine):
      let hint = quoteLine.map { "; a quote opened on line \($0) is not closed" } ?? ""
      return "the row on line \(line) is longer than \(limit) bytes\(hint)"
    case .tooManyColumns(let line, let limit):
      return "line \(line) has more than \(limit) columns"
    case .unbalancedQuote(let line):
      return "unbalanced quotes: the quote opened on line \(line) is not closed"
    case .noSuchLine(let line):
      return "parser.firstLine: there is no line \(line) at the beginning of the file"
    case .invalidDialect(let reason):
      return reason
    }
  }
}
