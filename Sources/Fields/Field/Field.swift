package import Foundation
package import Primitives

/// The definition of an attribute of contacts or companies (contacts.md 3.1).
package struct Field: Sendable, Identifiable, Equatable {
  /// The field's id.
  package var id: Int64
  /// Whether it describes contacts or companies. Fixed after creation (CON-22).
  package var object: FieldObject
  /// The name by which it is addressed, unique over both objects; also the name of its column.
  package var alias: String
  /// The name that people read.
  package var label: String
  /// The type. Fixed after creation (CON-22).
  package var type: FieldType
  /// The SQL type of the column.
  package var columnType: String
  /// The tab on which it is shown.
  package var group: FieldGroup
  /// The place among the fields of its object, from 1; `order` on the wire.
  package var position: Int
  /// The value that a new contact gets where none is given (CON-06).
  package var defaultValue: String?
  /// Whether forms and import mappings must have it.
  package var isRequired: Bool
  /// Whether the full form shows it.
  package var isVisible: Bool
  /// Whether the quick form shows it.
  package var isShortVisible: Bool
  /// Whether segments can filter by it.
  package var isListable: Bool
  /// Whether tracking parameters may set it.
  package var isPubliclyUpdatable: Bool
  /// Whether it takes part in finding duplicates (CON-61).
  package var isUniqueIdentifier: Bool
  /// Whether it has an index for searching.
  package var isIndex: Bool
  /// The most characters a value may have; `nil` where the type has no limit.
  package var characterLimit: Int?
  /// Options, labels, number format, as they were sent.
  package var properties: JSONValue
  /// Whether it is in use. Unpublished fields are hidden everywhere but keep their data.
  package var isPublished: Bool
  /// Whether it is a standard field that cannot be deleted.
  package var isFixed: Bool
  /// When it was created.
  package var dateAdded: Date
  /// When it was changed last.
  package var dateModified: Date?
  /// The user who created it, and the name that user had.
  package var createdBy: Int64?
  /// The name of the user who created it.
  package var createdByUser: String?
  /// The user who changed it last.
  package var modifiedBy: Int64?
  /// The name of the user who changed it last.
  package var modifiedByUser: String?

  /// A definition with these members; what is left out has the defaults of contacts.md 3.1.
  package init(
    id: Int64, object: FieldObject = .contact, alias: String, label: String? = nil,
    type: FieldType, columnType: String? = nil, group: FieldGroup = .core, position: Int = 0,
    defaultValue: String? = nil, isRequired: Bool = false, isVisible: Bool = true,
    isShortVisible: Bool = false, isListable: Bool = true, isPubliclyUpdatable: Bool = false,
    isUniqueIdentifier: Bool = false, isIndex: Bool = false, characterLimit: Int? = nil,
    properties: JSONValue = .array([]), isPublished: Bool = true, isFixed: Bool = false,
    dateAdded: Date, dateModified: Date? = nil, createdBy: Int64? = nil,
    createdByUser: String? = nil, modifiedBy: Int64? = nil, modifiedByUser: String? = nil
  ) {
    self.id = id
    self.object = object
    self.alias = alias
    self.label = label ?? alias
    self.type = type
    self.columnType = columnType ?? type.columnType
    self.group = group
    self.position = position
    self.defaultValue = defaultValue
    self.isRequired = isRequired
    self.isVisible = isVisible
    self.isShortVisible = isShortVisible
    self.isListable = isListable
    self.isPubliclyUpdatable = isPubliclyUpdatable
    self.isUniqueIdentifier = isUniqueIdentifier
    self.isIndex = isIndex
    self.characterLimit = characterLimit
    self.properties = properties
    self.isPublished = isPublished
    self.isFixed = isFixed
    self.dateAdded = dateAdded
    self.dateModified = dateModified
    self.createdBy = createdBy
    self.createdByUser = createdByUser
    self.modifiedBy = modifiedBy
    self.modifiedByUser = modifiedByUser
  }

  /// The column that holds the values, as a bare name. Quote it in SQL.
  package var column: String { alias }

  /// The column as an SQL identifier in double quotes.
  package var quotedColumn: String { "\"" + alias.replacing("\"", with: "\"\"") + "\"" }

  /// The SQL expression by which a unique identifier is compared and indexed (CON-62): ASCII letter case
  /// is ignored, and stored values carry no surrounding blanks. ``IdentityKey`` computes the same.
  package var identityExpression: String { "lower(\(quotedColumn) COLLATE \"C\")" }

  /// The SQL expression by which the search index of a text field is made: the beginning of the text, since
  /// an index cannot hold a long one, without regard to ASCII case and in byte order.
  package var searchExpression: String { "lower(left(\(quotedColumn), 255) COLLATE \"C\")" }

  /// The choices of a select or multiselect field, the suggestions of a lookup.
  package var options: [FieldOption] { FieldOption.list(in: properties) }

  /// The digits kept after the point of a number, if the field says so.
  package var scale: Int? { properties["scale"]?.int }

  /// The rounding of numbers with more digits.
  package var rounding: NumberRounding {
    properties["roundmode"]?.int.flatMap(NumberRounding.init(rawValue:)) ?? .halfEven
  }
}

/// Ways to round a number to the digits a field keeps; the raw values are those of the wire format.
package enum NumberRounding: Int, Sendable {
  case ceiling = 0
  case floor = 1
  case down = 2
  case up = 3
  case halfEven = 4
  case halfDown = 5
  case halfUp = 6
}
