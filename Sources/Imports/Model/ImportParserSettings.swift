package import Fields

/// The parser settings of a file (IMP-04). Nil members are detected from the beginning of the file.
package struct ImportParserSettings: Sendable, Hashable, Codable {
  /// The delimiter between values; one character.
  package var delimiter: String?
  /// The quote around values; one character.
  package var enclosure: String?
  /// The character that escapes an enclosure inside a value; one character.
  package var escape: String?
  /// The encoding (IMP-02); nil for UTF-8.
  package var encoding: String?
  /// Whether the first row contains the column names.
  package var header: Bool?
  /// The physical line on which the table begins, from 1; nil for the first.
  package var firstLine: Int?
  /// The order of day, month and year (IMP-31).
  package var dateOrder: DateOrder?
  /// The decimal mark of numbers (IMP-46).
  package var decimalMark: DecimalMark?
  /// The text between tags, 1 to 8 characters; `|` if none is set (CON-43).
  package var tagSeparator: String?
  /// Mautic's rows per batch, 1…10,000. Stored and returned, but without effect: parts are cut by
  /// size.
  package var batchLimit: Int

  /// Creates the settings of IMP-04; everything that can be detected is detected.
  package init(
    delimiter: String? = nil, enclosure: String? = nil, escape: String? = nil,
    encoding: String? = nil, header: Bool? = nil, firstLine: Int? = nil,
    dateOrder: DateOrder? = nil, decimalMark: DecimalMark? = nil,
    tagSeparator: String? = nil, batchLimit: Int = 100
  ) {
    self.delimiter = delimiter
    self.enclosure = enclosure
    self.escape = escape
    self.encoding = encoding
    self.header = header
    self.firstLine = firstLine
    self.dateOrder = dateOrder
    self.decimalMark = decimalMark
    self.tagSeparator = tagSeparator
    self.batchLimit = batchLimit
  }

  private enum CodingKeys: String, CodingKey {
    case delimiter, enclosure, escape, encoding, header, firstLine, dateOrder, decimalMark
    case tagSeparator
    case batchLimit = "batchlimit"
  }

  /// Decodes the wire format; every member is optional.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    delimiter = try values.decodeIfPresent(String.self, forKey: .delimiter)
    enclosure = try values.decodeIfPresent(String.self, forKey: .enclosure)
    escape = try values.decodeIfPresent(String.self, forKey: .escape)
    encoding = try values.decodeIfPresent(String.self, forKey: .encoding)
    header = try values.decodeIfPresent(Bool.self, forKey: .header)
    firstLine = try values.decodeIfPresent(Int.self, forKey: .firstLine)
    dateOrder = try values.decodeIfPresent(DateOrder.self, forKey: .dateOrder)
    decimalMark = try values.decodeIfPresent(DecimalMark.self, forKey: .decimalMark)
    tagSeparator = try values.decodeIfPresent(String.self, forKey: .tagSeparator)
    batchLimit = try values.decodeIfPresent(Int.self, forKey: .batchLimit) ?? 100
  }

  /// Returns other settings of the same file, which is read with what was said before: only how its values
  /// are written can still be said.
  ///
  /// - Throws: ``ImportError`` if anything else differs.
  func changed(to other: ImportParserSettings) throws(ImportError) -> ImportParserSettings {
    var same = other
    (same.dateOrder, same.decimalMark) = (dateOrder, decimalMark)
    same.tagSeparator = tagSeparator
    guard same == self else {
      throw .invalid(
        "parser", value: "",
        rule:
          "can be changed in dateOrder, decimalMark and tagSeparator only, the file is split already"
      )
    }
    guard let separator = other.tagSeparator else { return other }
    guard separator.unicodeScalars.count <= 8, !separator.utf8.contains(0) else {
      throw .invalid("parser.tagSeparator", value: separator, rule: "must be 1 to 8 characters")
    }
    var changed = other
    // An empty one takes back what was said.
    if separator.isEmpty { changed.tagSeparator = nil }
    return changed
  }

  /// How values are written. Files with `;` between values usually have a decimal comma.
  package var style: ValueStyle {
    ValueStyle(
      dateOrder: dateOrder, decimalMark: decimalMark, likelyMark: delimiter == ";" ? .comma : .point
    )
  }
}
