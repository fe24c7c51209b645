import API

/// The value of a field of contacts or companies as a person reads it.
struct FieldText: Sendable {
  private let definition: JSONValue
  private let value: JSONValue

  /// - Parameters:
  ///   - definition: The field as the API has it, or as it stands in a record's member `fields`.
  ///   - value: Its value; nil for none.
  init(_ definition: JSONValue, _ value: JSONValue?) {
    self.definition = definition
    self.value = value ?? .null
  }

  /// Whether there is none.
  var isEmpty: Bool { value.text?.isEmpty ?? true }

  func html(_ page: PageRequest) -> HTML {
    guard let text = value.text, !text.isEmpty else { return .empty }
    switch definition["type"]?.text {
    case "boolean": return page.plain(Self.answer(definition, isYes: value.truth == true, page))
    case "date", "datetime": return page.time(.string(ProfileMoment.exact(text)))
    case "multiselect":
      let names = Dictionary(
        ProfileFields.options(definition).map { ($0.value, $0.label) }, uniquingKeysWith: { $1 })
      return ContactColumns.chips(
        text.split(separator: "|").map { names[String($0)] ?? String($0) }, page)
    case "select":
      let label = ProfileFields.options(definition).first { $0.value == text }?.label
      return page.plain(label ?? text)
    case "url" where text.hasPrefix("https://") || text.hasPrefix("http://"):
      return Self.link(["href": text, "text": text], page.texts)
    case "email": return Self.link(["href": "mailto:\(text)", "text": text], page.texts)
    case "number":
      if let number = value.integer { return page.plain(page.formats.number(number)) }
      return page.plain(text)
    default: return page.plain(text)
    }
  }

  private static let link = Template(#"<a href="{{href}}" rel="noreferrer">{{text}}</a>"#)

  /// What yes or no are called in a field.
  static func answer(_ definition: JSONValue, isYes: Bool, _ page: PageRequest) -> String {
    let own = definition["properties"]?[isYes ? "yes" : "no"]?.text ?? ""
    return own.isEmpty ? page.texts(isYes ? "Yes" : "No") : own
  }
}
