/// The parser settings of a file (IMP-04). Nil members are detected from the beginning of the file.
package struct ImportParserSettings: Sendable, Hashable, Codable {
  /// The delimiter between values; one character.
  package var delimiter: String?
  /// The quote around values; one character.
  package var enclosure: String?
  /// The character that escapes an enclosure inside a value; one character.
  package var escape: String?
  /// The encoding: `utf-8`, `utf-16`, `windows-1252` or `iso-8859-1` (IMP-02).
  package var encoding: String?
  /// Whether the first row contains the column names.
  package var header: Bool
  /// The text between tags, 1 to 8 characters; `|` if none is set (CON-43).
  package var tagSeparator: String?
  /// Mautic's rows per batch, 1…10,000. Stored and returned, but without effect: parts are cut by
  /// size.
  package var batchLimit: Int

  /// Creates the settings of IMP-04; everything that can be detected is detected.
  package init(
    delimiter: String? = nil, enclosure: String? = nil, escape: String? = nil,
    encoding: String? = nil, header: Bool = true, tagSeparator: String? = nil, batchLimit: Int = 100
  ) {
    self.delimiter = delimiter
    self.enclosure = enclosure
    self.escape = escape
    self.encoding = encoding
    self.header = header
    self.tagSeparator = tagSeparator
    self.batchLimit = batchLimit
  }

  private enum CodingKeys: String, CodingKey {
    case delimiter, enclosure, escape, encoding, header, tagSeparator
    case batchLimit = "batchlimit"
  }

  /// Decodes the wire format; every member is optional.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    delimiter = try values.decodeIfPresent(String.self, forKey: .delimiter)
    enclosure = try values.decodeIfPresent(String.self, forKey: .enclosure)
    escape = try values.decodeIfPresent(String.self, forKey: .escape)
    encoding = try values.decodeIfPresent(String.self, forKey: .encoding)
    header = try values.decodeIfPresent(Bool.self, forKey: .header) ?? true
    tagSeparator = try values.decodeIfPresent(String.self, forKey: .tagSeparator)
    batchLimit = try values.decodeIfPresent(Int.self, forKey: .batchLimit) ?? 100
  }
}
