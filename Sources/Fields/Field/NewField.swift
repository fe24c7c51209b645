package import Primitives

/// The definition of a new custom field.
package struct NewField: Sendable {
  /// The kind of record it describes.
  package var object: FieldObject
  /// The display name, 1 to 191 characters.
  package var label: String
  /// The alias; derived from the label if there is none.
  package var alias: String?
  package var type: FieldType
  /// The tab on which it is shown.
  package var group: FieldGroup = .core
  /// The position among the fields of its object; last by default.
  package var position: Int?
  /// The default value of new contacts.
  package var defaultValue: String?
  /// Whether forms and import mappings must include it.
  package var isRequired = false
  /// Whether the full form shows it.
  package var isVisible = true
  /// Whether the quick form shows it.
  package var isShortVisible = false
  /// Whether segments can filter by it; never for times of day.
  package var isListable = true
  /// Whether tracking parameters may set it.
  package var isPubliclyUpdatable = false
  /// Whether it is used to find duplicates.
  package var isUniqueIdentifier = false
  /// Whether it gets an index for searching.
  package var isIndex = false
  /// The maximum number of characters of a value, 1 to 255; 64 by default, if the type has its own
  /// limit.
  package var characterLimit: Int?
  /// The options, labels and number format.
  package var properties: JSONValue = .array([])
  /// Whether it is in use.
  package var isPublished = true

  /// Creates a custom field; everything else has the defaults of contacts.md 3.1.
  package init(object: FieldObject = .contact, label: String, type: FieldType = .text) {
    self.object = object
    self.label = label
    self.type = type
  }

  /// Answers repeat a field's properties for each record.
  static let maximumOptions = 5_000
  static let maximumPropertyBytes = 512 * 1024

  /// Returns the problems of the definition, by member (contacts.md 3.1, 3.2).
  ///
  /// - Parameter isNew: Whether the properties are new, and so have to keep within their bounds.
  func problems(isNew: Bool = true) -> [String: [String]] {
    var problems: [String: [String]] = [:]
    let label = label.trimmingBlanks()
    if label.isEmpty { problems["label", default: []].append("a label is required") }
    if label.unicodeScalars.count > 191 {
      problems["label", default: []].append("longer than 191 characters")
    }
    if label.contains("\0") { problems["label", default: []].append("not valid text") }
    if let alias, FieldAlias.isReserved(FieldAlias.derived(from: alias)) {
      problems["alias", default: []].append("the keyword is reserved")
    }
    if let characterLimit, !(1...255).contains(characterLimit) {
      problems["charLengthLimit", default: []].append("must be between 1 and 255")
    }
    if let position, Int32(exactly: position) == nil {
      problems["order", default: []].append("the number is out of range")
    }
    if let part = properties.unstorable("properties") {
      problems[part, default: []].append("not valid text")
    }
    if isNew {
      let count = FieldOption.list(in: properties).count
      if count > Self.maximumOptions {
        problems["properties", default: []].append(
          "\(count) options: at most \(Self.maximumOptions) are allowed")
      } else if properties.textBytes > Self.maximumPropertyBytes {
        problems["properties", default: []].append(
          "\(properties.textBytes) bytes of text: at most \(Self.maximumPropertyBytes) are allowed")
      }
    }
    switch type {
    case .boolean:
      let labels = ["no", "yes"].map { properties[$0]?.text ?? "" }
      if labels.contains("") {
        problems["properties", default: []].append("labels for yes and no are required")
      }
    case .select, .multiselect:
      if FieldOption.list(in: properties).isEmpty {
        problems["properties", default: []].append("at least one option is required")
      }
    default: break
    }
    if isUniqueIdentifier, !type.hasLengthLimit {
      problems["isUniqueIdentifier", default: []].append(
        "needs a type that is stored as text of limited length")
    }
    if let defaultValue, !defaultValue.isEmpty {
      if defaultValue.unicodeScalars.count > 255 {
        problems["defaultValue", default: []].append("longer than 255 characters")
      }
      if isUniqueIdentifier || group == .social {
        problems["defaultValue", default: []].append("this field cannot have one")
      }
    }
    return problems
  }
}

/// The reason why a field could not be created, changed or deleted.
package enum FieldError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The definition is invalid: the problems, by member.
  case invalid([String: [String]])
  /// There is no such field.
  case notFound
  /// A standard field cannot be deleted (CON-22).
  case isFixed
  /// Other records use the field: their names by kind (CON-23).
  case inUse([String: [String]])
  /// Only text of limited length can be a unique identifier (CON-25).
  case notText
  /// An object has at most 64 fields with an index (CON-25).
  case tooManyIndexes
  /// The table was locked for too long; try again.
  case busy

  /// The message for users.
  package var description: String {
    switch self {
    case .invalid(let problems):
      problems.sorted { $0.key < $1.key }
        .map { "\($0.key): \($0.value.joined(separator: "; "))" }.joined(separator: ", ")
    case .notFound: "there is no such field"
    case .isFixed: "a standard field cannot be deleted"
    case .inUse(let names):
      "the field is used by "
        + names.sorted { $0.key < $1.key }
        .map { "the \($0.key) \($0.value.joined(separator: ", "))" }
        .joined(separator: " and ")
    case .notText:
      "only a field that is stored as text of limited length can be a unique identifier"
    case .tooManyIndexes: "at most 64 fields of an object can have an index"
    case .busy: "the table is busy; try again"
    }
  }
}

extension JSONValue {
  /// The bytes of all texts and names in it; other values count as eight.
  fileprivate var textBytes: Int {
    switch self {
    case .string(let text): text.utf8.count
    case .array(let items): items.reduce(items.count) { $0 + $1.textBytes }
    case .object(let members): members.reduce(0) { $0 + $1.key.utf8.count + $1.value.textBytes }
    default: 8
    }
  }
}
