package import Primitives

/// Changes to a field; `nil` members are left unchanged.
package struct FieldEdit: Sendable {
  /// The display name, 1 to 191 characters.
  package var label: String?
  /// The tab on which it is shown.
  package var group: FieldGroup?
  /// The position among the fields of its object.
  package var position: Int?
  /// The default value of new contacts; an empty text removes it.
  package var defaultValue: String?
  /// Whether forms and import mappings must include it.
  package var isRequired: Bool?
  /// Whether the full form shows it.
  package var isVisible: Bool?
  /// Whether the quick form shows it.
  package var isShortVisible: Bool?
  /// Whether segments can filter by it; never for times of day.
  package var isListable: Bool?
  /// Whether tracking parameters may set it.
  package var isPubliclyUpdatable: Bool?
  /// Whether it is used to find duplicates.
  package var isUniqueIdentifier: Bool?
  /// Whether it has an index for searching.
  package var isIndex: Bool?
  /// The maximum number of characters of a value, if the type has its own limit.
  package var characterLimit: Int?
  /// The options, labels and number format.
  package var properties: JSONValue?
  /// Whether it is in use.
  package var isPublished: Bool?
  /// The alias; must be the existing one, or one from which that was derived (CON-22).
  package var alias: String?
  /// The type; must be the existing one (CON-22).
  package var type: FieldType?

  /// Creates an empty edit.
  package init() {}

  /// Returns the field after the edit.
  func applied(to field: Field) -> Field {
    var field = field
    if let label { field.label = label.trimmingBlanks() }
    if let group { field.group = group }
    if let position { field.position = position }
    if let defaultValue { field.defaultValue = defaultValue.isEmpty ? nil : defaultValue }
    if let isRequired { field.isRequired = isRequired }
    if let isVisible { field.isVisible = isVisible }
    if let isShortVisible { field.isShortVisible = isShortVisible }
    if let isListable { field.isListable = isListable && field.type != .time }
    if let isPubliclyUpdatable { field.isPubliclyUpdatable = isPubliclyUpdatable }
    if let isUniqueIdentifier { field.isUniqueIdentifier = isUniqueIdentifier }
    if let isIndex { field.isIndex = isIndex }
    if let characterLimit, field.type.hasOwnLengthLimit { field.characterLimit = characterLimit }
    if let properties { field.properties = FieldOption.stored(properties, for: field.type) }
    if let isPublished { field.isPublished = isPublished }
    return field
  }

  /// Returns the problems of the edit, by member (contacts.md 3.1, CON-22, CON-25).
  func problems(_ field: Field) -> [String: [String]] {
    let edited = applied(to: field)
    var problems = NewField(edited).problems(isNew: edited.properties != field.properties)
    func refuse(_ member: String, _ text: String) { problems[member, default: []].append(text) }
    if let alias, !isOrigin(alias, of: field.alias) { refuse("alias", "cannot be changed") }
    if let type, type != field.type { refuse("type", "cannot be changed") }
    if let text = edited.defaultValue {
      if Self.withoutDefault.contains(field.alias) {
        refuse("defaultValue", "this field cannot have one")
      } else if problems["defaultValue"] == nil {
        do {
          _ = try edited.canonical(text, policy: .strict)
        } catch {
          refuse("defaultValue", "\(error)")
        }
      }
    }
    if Self.identities.contains(field.alias) {
      // Without these identifiers no record would be found again.
      if !edited.isUniqueIdentifier { refuse("isUniqueIdentifier", "this field always is one") }
      if !edited.isPublished { refuse("isPublished", "this field is always in use") }
    }
    return problems
  }

  /// Returns whether an alias is the stored one, or the stored one was derived from it: clients
  /// send whole definitions again as they first sent them (api.md 12.24).
  private func isOrigin(_ alias: String, of stored: String) -> Bool {
    if alias == stored { return true }
    let derived = FieldAlias.derived(from: alias)
    guard let end = stored.lastIndex(where: { !$0.isNumber }) else { return false }
    let base = stored[...end]
    return derived == stored || (derived.hasPrefix(base) && stored != base)
  }

  /// Fields that cannot have a default, besides unique identifiers and social fields (contacts.md
  /// 3.1).
  private static let withoutDefault: Set<String> = [
    "email", "company", "firstname", "lastname", "companyname", "companyemail", "companywebsite",
    "city", "state", "country",
  ]

  /// The unique identifiers of every system.
  private static let identities: Set<String> = ["email", "companyname"]
}

extension NewField {
  /// Creates a definition equal to a field's, to be checked as if it were new.
  init(_ field: Field) {
    self.init(object: field.object, label: field.label, type: field.type)
    group = field.group
    position = field.position
    defaultValue = field.defaultValue
    isUniqueIdentifier = field.isUniqueIdentifier
    isIndex = field.isIndex
    characterLimit = field.characterLimit
    properties = field.properties
  }
}
