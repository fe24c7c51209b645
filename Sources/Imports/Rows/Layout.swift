import Fields

/// How the columns of a file become columns of a table and other effects: made once for an import,
/// used for every row.
struct Layout: Sendable {
  /// What is done with one mapped column of the file.
  enum Action: Sendable {
    /// Read as a value of a field or attribute.
    case value(slot: Int, parser: CellParser, clears: Bool)
    /// The id of the record.
    case id
    /// A user, as id and, if there is a slot for it, name.
    case user(idSlot: Int, nameSlot: Int?)
    /// Name of a stage.
    case stage
    case tags
    /// IP addresses.
    case addresses
    /// Do-not-contact on e-mail.
    case doNotEmail
    /// The contact's company by its name: mirrored in `slot`.
    case company(slot: Int, parser: CellParser)
  }

  /// A mapped column.
  struct Column: Sendable {
    /// Its place in the file.
    let index: Int
    /// What errors call it.
    let alias: String
    /// What is done with it.
    let action: Action
  }

  /// The table that rows go to.
  let object: ImportObject
  /// Columns of the file that the record is made from.
  var columns: [Column] = []
  /// Columns of the table, the first cells of each row.
  var values: [ValueSlot] = []
  /// Unique identifiers among them.
  var identities: [IdentitySlot] = []
  /// Columns of the table that get a default although nothing is mapped to them.
  var unmappedDefaults: [(column: String, value: String)] = []

  /// Whether the file names ids.
  var mapsID = false
  /// The cells behind the values, where something is mapped.
  var tagsSlot: Int?
  /// Company by name: the number of its key.
  var companySlot: Int?
  /// The value slot that shows the name of the primary company.
  var companyNameSlot: Int?
  /// IP addresses: the number of the text.
  var addressesSlot: Int?
  /// Do-not-contact: 1 add, 0 remove.
  var doNotEmailSlot: Int?
  /// The value slots that other code has to know.
  var stageSlot: Int?
  var ownerSlot: Int?
  var emailSlot: Int?
  var pointsSlot: Int?
  var dateAddedSlot: Int?
  var dateModifiedSlot: Int?
  var dateIdentifiedSlot: Int?
  var createdBySlot: Int?
  var createdByUserSlot: Int?
  var modifiedBySlot: Int?
  var modifiedByUserSlot: Int?

  /// The layout of the contact's company where more than its name is mapped: one or none, in an array since a
  /// value cannot hold an optional of its own type.
  var company: [Layout] = []

  /// Number of cells of a row.
  var width: Int { values.count + sideCount }
  var sideCount = 0

  /// The name of the table.
  var table: String { object == .contact ? "contacts" : "companies" }

  init(object: ImportObject) { self.object = object }

  /// Whether what a row means may depend on rows before it that share no single key with it, so
  /// that parts have to run in their order.
  var needsOrder: Bool { mapsID || identities.count > 1 || writesCompanies }

  /// Whether rows change the values of companies that exist.
  var writesCompanies: Bool { !company.isEmpty || object == .company }
}

/// A parser behind one reference: layouts are walked cell by cell, and copying the parser's many
/// parts each time would cost more than the parsing.
final class CellParser: Sendable {
  let field: FieldParser

  init(_ field: FieldParser) { self.field = field }
}
