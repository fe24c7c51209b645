import Primitives

/// Guesses the dialect that fits a sample best.
///
/// The sample is read with every candidate dialect. A good delimiter gives every record as many
/// values as the first, which must have at least two. Between equally good delimiters, one with
/// more than twice the columns wins; else tab before `;` before `|` before `,`, because a comma is
/// most likely to be part of the values (`1,5;2,5`).
struct DialectGuess {
  private static let delimiters = [
    Byte.tab, UInt8(ascii: ";"), UInt8(ascii: "|"), UInt8(ascii: ","),
  ]
  private static let doubleQuote = UInt8(ascii: "\"")
  private static let singleQuote = UInt8(ascii: "'")
  private static let backslash = UInt8(ascii: "\\")
  private static let maximumRecords = 1000

  private let given: Sniffer
  private let text: [UInt8]
  private let isWhole: Bool

  /// Guesses from the text of the table, keeping what the caller has given.
  init(_ given: Sniffer, text: [UInt8], isWhole: Bool) {
    self.given = given
    self.text = text
    self.isWhole = isWhole
  }

  func best() throws(CSVError) -> CSVDialect {
    let quotes = given.quote.map { [$0] } ?? quotesInQuestion()
    var best: (dialect: CSVDialect, fit: Fit)?
    for quote in quotes {
      for escape in escapesInQuestion(quote) {
        for delimiter in given.delimiter.map({ [$0] }) ?? Self.delimiters {
          let dialect = try CSVDialect(delimiter: delimiter, quote: quote, escape: escape)
          let fit = fit(dialect)
          // `'` is an apostrophe unless most values are quoted with it.
          if given.quote == nil, quote == Self.singleQuote, fit.quotedShare < 0.5 { continue }
          if let best, !fit.isBetter(than: best.fit) { continue }
          best = (dialect, fit)
        }
      }
    }
    if let best, best.fit.columns > 1 || given.delimiter != nil { return best.dialect }
    return try CSVDialect(
      delimiter: given.delimiter ?? UInt8(ascii: ","),
      quote: best?.dialect.quote ?? given.quote ?? Self.doubleQuote,
      escape: best?.dialect.escape)
  }

  /// Returns candidate quotes; `'` is one only if it begins the first text of the file.
  private func quotesInQuestion() -> [UInt8] {
    text.withUnsafeBufferPointer { $0.trimmed().first } == Self.singleQuote
      ? [Self.doubleQuote, Self.singleQuote] : [Self.doubleQuote]
  }

  private func escapesInQuestion(_ quote: UInt8) -> [UInt8?] {
    switch given.escape {
    case .none: return [nil]
    case .exactly(let byte): return [byte]
    case .detect:
      // The second pass is needed only if `\"` occurs at all.
      let occurs = zip(text, text.dropFirst()).contains { $0 == Self.backslash && $1 == quote }
      return occurs ? [nil, Self.backslash] : [nil]
    }
  }

  /// The quality of a dialect.
  private struct Fit {
    var columns = 0
    /// The share of records with as many values as the first, 0…50; fewer values count half.
    var consistency = 0
    /// The number of records with text after a closing quote or without one.
    var oddities = 0
    /// The share of quoted values.
    var quotedShare = 0.0

    func isBetter(than other: Fit) -> Bool {
      if (columns > 1) != (other.columns > 1) { return columns > 1 }
      if columns > 1, consistency != other.consistency { return consistency > other.consistency }
      if oddities != other.oddities { return oddities < other.oddities }
      if columns > 2 * other.columns { return true }
      return columns == other.columns && quotedShare > other.quotedShare + 0.5
    }
  }

  /// The points of a record: 2 with as many values as the first, or with a surplus that is empty; 1 with
  /// fewer.
  private static func points(of record: CSVParser, columns: Int) -> Int {
    if record.fieldCount < columns { return 1 }
    let surplus = columns..<max(columns, min(record.fieldCount, record.maximumFields))
    let isBlank = surplus.allSatisfy { record.withTrimmedField($0) { $0.isEmpty } }
    return isBlank && !record.flags.contains(.tooManyFields) ? 2 : 0
  }

  private func fit(_ dialect: CSVDialect) -> Fit {
    var parser = CSVParser(
      text, dialect: dialect, maximumFields: given.maximumColumns)
    var fit = Fit()
    var (records, points, values, quoted) = (0, 0, 0, 0)
    while records < Self.maximumRecords, parser.next() {
      if parser.isEmpty { continue }
      // The last record of a sample may be cut off.
      if !isWhole, records > 0, parser.byteRange.upperBound == text.count { break }
      records += 1
      if records == 1 { fit.columns = parser.fieldCount }
      points += Self.points(of: parser, columns: fit.columns)
      if !parser.flags.isDisjoint(with: [.strayText, .unclosedQuote]) { fit.oddities += 1 }
      values += parser.fieldCount
      quoted += parser.quotedFieldCount
    }
    if records > 0 { fit.consistency = points * 25 / records }
    if values > 0 { fit.quotedShare = Double(quoted) / Double(values) }
    return fit
  }
}
