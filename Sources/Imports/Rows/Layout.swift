import Fields

/// The mapping of file columns to table columns and other effects: built once per import, used for
/// every row.
struct Layout: Sendable {
  /// The handling of one mapped column of the file.
  enum Action: Sendable {
    /// Parsed as a value of a field or attribute.
    case value(slot: Int, parser: CellParser, clears: Bool)
    /// The id of the record.
    case id
    /// A user: id and, if there is a slot for it, name.
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
    /// The position in the file.
    let index: Int
    /// The name in errors.
    let alias: String
    /// The handling of the column.
    let action: Action
  }

  /// The target table of the rows.
  let object: ImportObject
  /// The columns of the file that make up the record.
  var columns: [Column] = []
  /// The columns of the table, the first cells of each row.
  var values: [ValueSlot] = []
  /// The unique identifiers among them.
  var identities: [IdentitySlot] = []
  /// The columns of the table that get a default although nothing is mapped to them.
  var unmappedDefaults: [(column: String, value: String)] = []

  /// Whether a column is mapped to the id.
  var mapsID = false
  /// The cells after the values, if mapped.
  var tagsSlot: Int?
  /// The company by name: the number of its key.
  var companySlot: Int?
  /// The value slot for the name of the primary company.
  var companyNameSlot: Int?
  /// The IP addresses: the number of the text.
  var addressesSlot: Int?
  /// Do-not-contact: 1 to add, 0 to remove.
  var doNotEmailSlot: Int?
  /// Whether tags in quotes with commas between them are several, as in files of Mailchimp.
  var splitsQuotedTags = false
  /// The text between tags; `|` if none is set.
  var tagSeparator: String?
  /// The value slots that other code refers to.
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

  /// The layout of the contact's company if more than its name is mapped: none or one, in an array
  /// since a value cannot contain an optional of its own type.
  var company: [Layout] = []

  /// The number of cells of a row.
  var width: Int { values.count + sideCount }
  var sideCount = 0

  /// The name of the table.
  var table: String { object == .contact ? "contacts" : "companies" }

  init(object: ImportObject) { self.object = object }

  /// Whether the meaning of a row may depend on earlier rows with which it shares no key, so that
  /// parts must run in order.
  var needsOrder: Bool { mapsID || identities.count > 1 || writesCompanies }

  /// Whether rows change values of existing companies.
  var writesCompanies: Bool { !company.isEmpty || object == .company }
}

/// A parser behind one reference: layouts are traversed cell by cell, and copying the parser each
/// time would cost more than the parsing.
final class CellParser: Sendable {
  let field: FieldParser

  init(_ field: FieldParser) { self.field = field }
}
