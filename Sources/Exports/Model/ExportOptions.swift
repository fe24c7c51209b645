package import Contacts
package import Primitives

/// The options of an export request.
package struct ExportOptions: Sendable, Codable {
  /// The format of the file.
  package var format: ExportFormat
  /// The selected contacts; all parts of the selection must hold (EXP-06, EXP-07).
  package var selection: ContactSelection
  /// The columns, in order; nil for `id` and all published fields (EXP-09).
  package var columns: [String]?
  /// The order of the rows: a comma-separated list of columns; nil for id.
  package var orderBy: String?
  /// `ASC` or `DESC`.
  package var orderByDir: String?
  /// Whether texts are left unchanged although a spreadsheet would run them (EXP-12).
  package var raw: Bool
  /// Whether a CSV begins with a byte-order mark, by which Excel detects UTF-8 (EXP-11).
  package var byteOrderMark: Bool
  /// The delimiter of a CSV, one of ``delimiters``; nil for a comma (EXP-11).
  package var delimiter: String?
  /// Whether the file is compressed with gzip; an Excel workbook already is compressed (EXP-11).
  package var gzip: Bool
  /// Whether the user is notified by e-mail when the file is ready (EXP-02).
  package var notifyEmail: Bool
  /// The request as received, for display.
  package var query: JSONValue

  /// Creates options; by default a CSV of all contacts.
  package init(
    format: ExportFormat = .csv, selection: ContactSelection = ContactSelection(),
    columns: [String]? = nil, orderBy: String? = nil, orderByDir: String? = nil,
    raw: Bool = false, byteOrderMark: Bool = false, delimiter: String? = nil, gzip: Bool = false,
    notifyEmail: Bool = false, query: JSONValue = .object([:])
  ) {
    self.format = format
    self.selection = selection
    self.columns = columns
    self.orderBy = orderBy
    self.orderByDir = orderByDir
    self.raw = raw
    self.byteOrderMark = byteOrderMark
    self.delimiter = delimiter
    self.gzip = gzip
    self.notifyEmail = notifyEmail
    self.query = query
  }

  /// The delimiters that an import recognises by itself.
  package static let delimiters = [",", ";", "\t", "|"]

  /// Returns a delimiter as it is stored; nil if it is none. A tab may be written as `\t` or `tab`.
  package static func delimiter(_ text: String) -> String? {
    if text == "tab" || text == "\\t" { return "\t" }
    return delimiters.contains(text) ? text : nil
  }

  /// The delimiter of a CSV.
  var delimiterByte: UInt8 { delimiter?.utf8.first ?? UInt8(ascii: ",") }

  /// Whether formulas are neutralised by a leading `'`. Texts in workbooks are never formulas, and
  /// JSON has none.
  package var neutralises: Bool { format == .csv && !raw }

  /// The extension of the file's name.
  package var fileExtension: String { format.rawValue + (packs ? ".gz" : "") }

  /// Whether the output is compressed with gzip.
  var packs: Bool { gzip && format != .xlsx }

  /// The content type of the stored file.
  package var contentType: String { packs ? "application/gzip" : format.contentType }
}
