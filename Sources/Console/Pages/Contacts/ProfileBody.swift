import API

/// What a form of a contact or company has sent, compared with what it showed: only what the user changed is written, so that
/// two who change different fields at the same time do not undo each other's work.
struct ProfileBody: Sendable {
  /// The values that the form showed, by alias.
  static let before = "before"

  /// The fields of the form.
  let fields: [JSONValue]
  let body: FormBody
  let page: PageRequest

  /// The values that the user has changed, as the API takes them.
  var changes: JSONObject {
    var changes = JSONObject()
    for definition in fields {
      guard let alias = definition["alias"]?.text, let sent = body.members[alias] else { continue }
      let text = Self.text(sent)
      guard text != body.members[Self.before]?[alias]?.text ?? "" else { continue }
      changes[alias] = .string(
        definition["type"]?.text == "datetime" ? ProfileMoment.utc(text, page.formats.zone) : text)
    }
    return changes
  }

  /// A choice of a form's own member, such as the owner: nil where it was not sent or is as it was.
  func changed(_ name: String) -> JSONValue? {
    guard let sent = body.members[name]?.text,
      sent != body.members[Self.before]?[name]?.text ?? ""
    else { return nil }
    return sent.isEmpty ? .null : .string(sent)
  }

  /// The problems of needed fields that are empty, by alias.
  func missing(_ texts: Texts) -> [(field: String, messages: [String])] {
    fields.compactMap { definition in
      guard definition["isRequired"]?.truth == true, let alias = definition["alias"]?.text,
        let sent = body.members[alias], Self.text(sent).isEmpty
      else { return nil }
      return (alias, [texts("This needs a value.")])
    }
  }

  /// A value as one text: several choices are joined.
  private static func text(_ value: JSONValue) -> String {
    if let elements = value.elements {
      return elements.compactMap(\.text).filter { !$0.isEmpty }.joined(separator: "|")
    }
    return value.text ?? ""
  }

  // MARK: What a form shows

  /// The values of a record as a form shows them.
  ///
  /// - Parameter record: A contact or company of the API; nil for a new one.
  static func shown(_ fields: [JSONValue], of record: JSONValue?) -> JSONObject {
    var values = JSONObject()
    guard let all = record?["fields"]?["all"] else { return values }
    for definition in fields {
      guard let alias = definition["alias"]?.text else { continue }
      let value = all[alias] ?? .null
      switch definition["type"]?.text {
      case "multiselect":
        let chosen = (value.text ?? "").split(separator: "|").map { JSONValue.string(String($0)) }
        values[alias] = .array(chosen)
      case "datetime": values[alias] = value.text.map { .string(ProfileMoment.exact($0)) } ?? .null
      default: values[alias] = value
      }
    }
    return values
  }

  private static let hiddenTemplate = Template(
    #"""
    {{#values}}<input type="hidden" name="before[{{name}}]" value="{{value}}">{{/values}}
    """#)

  /// The hidden fields with what a form shows.
  ///
  /// - Parameters:
  ///   - shown: The values as ``shown(_:of:)`` gives them, and those of own members.
  ///   - kept: What a form that was refused has sent, whose hidden values stay.
  static func hidden(
    _ fields: [JSONValue], _ shown: JSONObject, kept: FormBody?, _ page: PageRequest
  ) -> HTML {
    var values: [[String: Any]] = []
    if case .object(let before)? = kept?.members[Self.before] {
      values = before.members.map { ["name": $0.key, "value": $0.value.text ?? ""] }
    } else {
      let types = Dictionary(
        fields.map { ($0["alias"]?.text ?? "", $0["type"]?.text ?? "") }, uniquingKeysWith: { $1 })
      values = shown.members.map { name, value in
        var text = Self.text(value)
        if types[name] == "datetime", let date = Formats.date(text) {
          text = page.formats.input(date)
        } else if types[name] == "date" {
          text = String(text.prefix(10))
        }
        return ["name": name, "value": text]
      }
    }
    return hiddenTemplate(["values": values], page.texts)
  }
}
