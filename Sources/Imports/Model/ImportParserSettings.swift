/// How the file is to be read (IMP-04). What is nil is found out from the file's beginning.
package struct ImportParserSettings: Sendable, Hashable, Codable {
  /// Between two values; one character.
  package var delimiter: String?
  /// Around values; one character.
  package var enclosure: String?
  /// Takes the meaning from an enclosure inside a value; one character.
  package var escape: String?
  /// `utf-8`, `utf-16`, `windows-1252` or `iso-8859-1` (IMP-02).
  package var encoding: String?
  /// Whether the first row names the columns.
  package var header: Bool
  /// Mautic's rows per batch, 1…10,000. Kept and shown; the parts of a file follow its bytes.
  package var batchLimit: Int

  /// The settings of IMP-04, with everything that can be detected left to detection.
  package init(
    delimiter: String? = nil, enclosure: String? = nil, escape: String? = nil,
    encoding: String? = nil, header: Bool = true, batchLimit: Int = 100
  ) {
    self.delimiter = delimiter
    self.enclosure = enclosure
    self.escape = escape
    self.encoding = encoding
    self.header = header
    self.batchLimit = batchLimit
  }

  private enum CodingKeys: String, CodingKey {
    case delimiter, enclosure, escape, encoding, header
    case batchLimit = "batchlimit"
  }

  /// Reads the wire form; every member may be missing.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    delimiter = try values.decodeIfPresent(String.self, forKey: .delimiter)
    enclosure = try values.decodeIfPresent(String.self, forKey: .enclosure)
    escape = try values.decodeIfPresent(String.self, forKey: .escape)
    encoding = try values.decodeIfPresent(String.self, forKey: .encoding)
    header = try values.decodeIfPresent(Bool.self, forKey: .header) ?? true
    batchLimit = try values.decodeIfPresent(Int.self, forKey: .batchLimit) ?? 100
  }
}
