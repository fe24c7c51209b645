public import Contacts

/// What somebody asks of an export.
public struct ExportOptions: Sendable, Codable {
  /// The kind of file.
  public var format: ExportFormat
  /// Which contacts; all parts of it must hold (EXP-06, EXP-07).
  public var selection: ContactSelection
  /// The columns in their order; nil for `id` and all published fields (EXP-09).
  public var columns: [String]?
  /// What rows are ordered by: a comma list of columns; by id without.
  public var orderBy: String?
  /// `ASC` or `DESC`.
  public var orderByDir: String?
  /// Whether texts are left as they are although a spreadsheet would run them (EXP-12).
  public var raw: Bool
  /// Whether a CSV begins with a byte-order mark, by which Excel knows UTF-8 (EXP-11).
  public var byteOrderMark: Bool
  /// Whether the file is packed with gzip; an Excel workbook is packed already (EXP-11).
  public var gzip: Bool
  /// Whether the user wants to be told by e-mail when the file is ready (EXP-02).
  public var notifyEmail: Bool
  /// The request as it came, for whoever looks at the export later.
  public var query: JSONValue

  /// A CSV of all contacts, unless told otherwise.
  public init(
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
  public var neutralises: Bool { format == .csv && !raw }

  /// What the file's name ends with.
  public var fileExtension: String { format.rawValue + (packs ? ".gz" : "") }

  /// Whether what is written goes through gzip.
  var packs: Bool { gzip && format != .xlsx }

  /// The content type of the file as it is stored.
  public var contentType: String { packs ? "application/gzip" : format.contentType }
}
