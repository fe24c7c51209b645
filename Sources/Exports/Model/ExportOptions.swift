package import Contacts
package import Primitives

/// What somebody asks of an export.
package struct ExportOptions: Sendable, Codable {
  /// The kind of file.
  package var format: ExportFormat
  /// Which contacts; all parts of it must hold (EXP-06, EXP-07).
  package var selection: ContactSelection
  /// The columns in their order; nil for `id` and all published fields (EXP-09).
  package var columns: [String]?
  /// What rows are ordered by: a comma list of columns; by id without.
  package var orderBy: String?
  /// `ASC` or `DESC`.
  package var orderByDir: String?
  /// Whether texts are left as they are although a spreadsheet would run them (EXP-12).
  package var raw: Bool
  /// Whether a CSV begins with a byte-order mark, by which Excel knows UTF-8 (EXP-11).
  package var byteOrderMark: Bool
  /// Whether the file is packed with gzip; an Excel workbook is packed already (EXP-11).
  package var gzip: Bool
  /// Whether the user wants to be told by e-mail when the file is ready (EXP-02).
  package var notifyEmail: Bool
  /// The request as it came, for whoever looks at the export later.
  package var query: JSONValue

  /// A CSV of all contacts, unless told otherwise.
  package init(
    format: ExportFormat = .csv, selection: ContactSelection = ContactSelection(),
    columns: [String]? = nil, orderBy: String? = nil, orderByDir: String? = nil,
    raw: Bool = false, byteOrderMark: Bool = false, gzip: Bool = false,
    notifyEmail: Bool = false, query: JSONValue = .object([:])
  ) {
    self.format = format
    self.selection = selection
    self.columns = columns
    self.orderBy = orderBy
    self.orderByDir = orderByDir
    self.raw = raw
    self.byteOrderMark = byteOrderMark
    self.gzip = gzip
    self.notifyEmail = notifyEmail
    self.query = query
  }

  /// Whether formulas are made harmless by a `'` before them. In a workbook a text is never a formula,
  /// and JSON has none.
  package var neutralises: Bool { format == .csv && !raw }

  /// What the file's name ends with.
  package var fileExtension: String { format.rawValue + (packs ? ".gz" : "") }

  /// Whether what is written goes through gzip.
  var packs: Bool { gzip && format != .xlsx }

  /// The content type of the file as it is stored.
  package var contentType: String { packs ? "application/gzip" : format.contentType }
}
