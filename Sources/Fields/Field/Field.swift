package import Foundation
package import Primitives

/// The definition of an attribute of contacts or companies (contacts.md 3.1).
package struct Field: Sendable, Identifiable, Equatable {
  /// The field's id.
  package var id: Int64
  /// The kind of record that it describes. Fixed after creation (CON-22).
  package var object: FieldObject
  /// The name in requests, unique over both objects; also the name of its column.
  package var alias: String
  /// The display name.
  package var label: String
  /// The type. Fixed after creation (CON-22).
  package var type: FieldType
  /// The SQL type of the column.
  package var columnType: String
  /// The tab on which it is shown.
  package var group: FieldGroup
  /// The position among the fields of its object, from 1; `order` on the wire.
  package var position: Int
  /// The default value of new contacts (CON-06).
  package var defaultValue: String?
  /// Whether forms and import mappings must include it.
  package var isRequired: Bool
  /// Whether the full form shows it.
  package var isVisible: Bool
  /// Whether the quick form shows it.
  package var isShortVisible: Bool
  /// Whether segments can filter by it.
  package var isListable: Bool
  /// Whether tracking parameters may set it.
  package var isPubliclyUpdatable: Bool
  /// Whether it is used to find duplicates (CON-61).
  package var isUniqueIdentifier: Bool
  /// Whether it has an index for searching.
  package var isIndex: Bool
  /// The maximum number of characters of a value; `nil` if the type has no limit.
  package var characterLimit: Int?
  /// The options, labels and number format, as sent.
  package var properties: JSONValue
  /// Whether it is in use. Unpublished fields are hidden everywhere but keep their data.
  package var isPublished: Bool
  /// Whether it is a standard field, which cannot be deleted.
  package var isFixed: Bool
  /// The time of creation.
  package var dateAdded: Date
  /// The time of the last change.
  package var dateModified: Date?
  /// The id of the user who created it.
  package var createdBy: Int64?
  /// The name of the user who created it.
  package var createdByUser: String?
  /// The user who last changed it.
  package var modifiedBy: Int64?
  /// The name of the user who last changed it.
  package var modifiedByUser: String?

  /// Creates a definition; omitted members have the defaults of contacts.md 3.1.
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

  /// The name of the column with the values, unquoted. Quote it in SQL.
  package var column: String { alias }

  /// The column as an SQL identifier in double quotes.
  package var quotedColumn: String { "\"" + alias.replacing("\"", with: "\"\"") + "\"" }

  /// The SQL expression by which a unique identifier is compared and indexed (CON-62): ASCII case
  /// is ignored, and stored values have no surrounding blanks. ``IdentityKey`` computes the same.
  package var identityExpression: String { "lower(\(quotedColumn) COLLATE \"C\")" }

  /// The SQL expression of the search index of a text field: the beginning of the text, since an
  /// index cannot hold a long one, ignoring ASCII case and in byte order.
  package var searchExpression: String { "lower(left(\(quotedColumn), 255) COLLATE \"C\")" }

  /// The choices of a select or multiselect field, or the suggestions of a lookup.
  package var options: [FieldOption] { FieldOption.list(in: properties) }

  /// The number of decimal places, if the field specifies it.
  package var scale: Int? { properties["scale"]?.int }

  /// The rounding of numbers with more decimal places.
  package var rounding: NumberRounding {
    properties["roundmode"]?.int.flatMap(NumberRounding.init(rawValue:)) ?? .halfEven
  }
}

/// Ways to round a number to the decimal places of a field; the raw values are those of the wire
/// format.
package enum NumberRounding: Int, Sendable {
  case ceiling = 0
  case floor = 1
  case down = 2
  case up = 3
  case halfEven = 4
  case halfDown = 5
  case halfUp = 6
}
