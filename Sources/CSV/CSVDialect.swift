/// The special characters of a CSV file.
///
/// All three are single ASCII characters, so that a file can be split by bytes alone: no byte of a
/// longer UTF-8 character equals one of them.
package struct CSVDialect: Sendable, Hashable {
  /// The separator between two values of a record.
  package let delimiter: UInt8
  /// The character around a value with delimiters, quotes or line ends; doubled inside it is one
  /// quote.
  package let quote: UInt8
  /// The character that, inside quotes, makes a following quote or escape literal. Before anything
  /// else, and outside quotes, it is an ordinary character. Nil for none.
  package let escape: UInt8?

  /// Comma and double quote, as in RFC 4180.
  package static let standard = CSVDialect(
    unchecked: UInt8(ascii: ","), quote: UInt8(ascii: "\""), escape: nil)

  init(unchecked delimiter: UInt8, quote: UInt8, escape: UInt8?) {
    self.delimiter = delimiter
    self.quote = quote
    self.escape = escape
  }

  /// Creates a dialect from bytes; an escape equal to the quote is the same as doubling and is
  /// dropped.
  ///
  /// - Throws: ``CSVError/invalidDialect(_:)`` unless each is an ASCII character other than a line
  ///   end or NUL, and all differ.
  package init(
    delimiter: UInt8, quote: UInt8 = UInt8(ascii: "\""), escape: UInt8? = nil
  ) throws(CSVError) {
    let escape = escape == quote ? nil : escape
    try Self.check(delimiter, "delimiter")
    try Self.check(quote, "enclosure")
    if let escape { try Self.check(escape, "escape") }
    guard quote > Byte.space, escape.map({ $0 > Byte.space }) ?? true else {
      throw .invalidDialect("enclosure and escape must be visible characters")
    }
    guard delimiter != quote, delimiter != escape else {
      throw .invalidDialect("delimiter, enclosure and escape must be different characters")
    }
    self.init(unchecked: delimiter, quote: quote, escape: escape)
  }

  /// Creates a dialect from one-character texts, as in settings (IMP-04). `\t` and `tab` mean the
  /// tab character.
  package init(
    delimiter: String, quote: String = "\"", escape: String? = nil
  ) throws(CSVError) {
    try self.init(
      delimiter: Self.byte(delimiter, "delimiter"),
      quote: Self.byte(quote, "enclosure"),
      escape: escape.map { text throws(CSVError) in try Self.byte(text, "escape") })
  }

  private static func check(_ byte: UInt8, _ name: String) throws(CSVError) {
    guard byte != 0, byte < 0x80, byte != Byte.lineFeed, byte != Byte.carriageReturn else {
      throw .invalidDialect("the \(name) must be an ASCII character that does not end a line")
    }
  }

  private static func byte(_ text: String, _ name: String) throws(CSVError) -> UInt8 {
    if text == "\\t" || text == "tab" { return Byte.tab }
    guard let byte = text.utf8.first, text.utf8.count == 1 else {
      throw .invalidDialect("the \(name) must be exactly one ASCII character")
    }
    return byte
  }
}

extension CSVDialect: Codable {
  private enum CodingKeys: String, CodingKey { case delimiter, quote, escape }

  /// Reads `{"delimiter": ",", "quote": "\"", "escape": null}` and checks it.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    try self.init(
      delimiter: values.decode(String.self, forKey: .delimiter),
      quote: values.decode(String.self, forKey: .quote),
      escape: values.decodeIfPresent(String.self, forKey: .escape))
  }

  /// Writes each character as a text.
  package func encode(to encoder: any Encoder) throws {
    func text(_ byte: UInt8) -> String { String(UnicodeScalar(byte)) }
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(text(delimiter), forKey: .delimiter)
    try values.encode(text(quote), forKey: .quote)
    try values.encodeIfPresent(escape.map(text), forKey: .escape)
  }
}
