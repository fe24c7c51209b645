import API

/// The fields of contacts or of companies in forms.
struct ProfileFields: Sendable {
  /// Whose fields.
  enum Kind: String, Sendable {
    case contact, company
  }

  /// The published fields in their order, as the API has them.
  let definitions: [JSONValue]
  private let choices: JSONValue

  /// - Parameter hasChoices: Whether the values of closed lists are needed, as in a form.
  init(_ kind: Kind, _ page: PageRequest, hasChoices: Bool = true) async throws {
    let answer = try await page.get("contacts/list/form", ["object": .string(kind.rawValue)])
    definitions = answer["fields"]?.elements ?? []
    choices = hasChoices ? try await page.get("contacts/list/choices") : [:]
  }

  /// Fields that are kept by the program.
  private static let unwritten: Set<String> = ["last_active"]

  /// Those that a form has.
  var inForms: [JSONValue] {
    definitions.filter {
      $0["isVisible"]?.truth != false && !Self.unwritten.contains($0["alias"]?.text ?? "")
    }
  }

  /// Those of the short form.
  var inShortForms: [JSONValue] { inForms.filter { $0["isShortVisible"]?.truth == true } }

  /// Those that tell people apart.
  var identifying: [JSONValue] {
    definitions.filter { $0["isUniqueIdentifier"]?.truth == true }
  }

  /// A group of fields.
  struct Group: Sendable {
    var name: String
    /// In the reader's language.
    var heading: String
    var fields: [JSONValue]
  }

  /// Fields by their group, in the order of the contract; groups without fields are left out.
  static func groups(_ fields: [JSONValue], _ texts: Texts) -> [Group] {
    let names = [
      ("core", texts("Core")), ("social", texts("Social")), ("personal", texts("Personal")),
      ("professional", texts("Professional")),
    ]
    return names.compactMap { name, heading in
      let own = fields.filter { $0["group"]?.text == name }
      return own.isEmpty ? nil : Group(name: name, heading: heading, fields: own)
    }
  }

  /// The choices of a field with a list of its own.
  static func options(_ definition: JSONValue) -> [FormField.Choice] {
    switch definition["properties"]?["list"] {
    case .array(let entries)?:
      entries.compactMap { entry in
        guard let value = (entry["value"] ?? entry).text, !value.isEmpty else { return nil }
        return FormField.Choice(value, entry["label"]?.text ?? value)
      }
    case .object(let object)?:
      object.members.map { FormField.Choice($0.key, $0.value.text ?? $0.key) }
    case .string(let joined)?:
      joined.split(separator: "|").map { FormField.Choice(String($0), String($0)) }
    default: []
    }
  }

  // MARK: Inputs

  /// A field of the form.
  ///
  /// - Parameters:
  ///   - value: The present value: a choice that is not offered any more is kept.
  ///   - values: What the form shows, for inputs that are made here.
  ///   - record: The id of the record that is changed; nil for a new one.
  func field(
    _ definition: JSONValue, _ values: FormValues, record: String?, _ page: PageRequest
  ) -> FormField {
    let alias = definition["alias"]?.text ?? ""
    let type = definition["type"]?.text ?? ""
    var field = FormField(
      alias, definition["label"]?.text ?? alias,
      kind(definition, type, values, page),
      isRequired: false, initial: definition["defaultValue"] ?? .null,
      isWide: type == "textarea" || type == "html")
    if definition["isRequired"]?.truth == true { field.hint = page.texts("Needed.") }
    if type == "multiselect", let text = field.initial.text {
      field.initial = .array(text.split(separator: "|").map { .string(String($0)) })
    }
    let hasSuggestions = type == "lookup" && !Self.options(definition).isEmpty
    let isUnique =
      definition["isUniqueIdentifier"]?.truth == true && definition["object"]?.text != "company"
    if type == "tel" || type == "time" || hasSuggestions || isUnique {
      field.kind = .markup(
        ProfileInput(field: field, type: type, values: values, page: page).html(
          suggestions: Self.options(definition).map(\.label),
          lookup: isUnique ? "/console/contacts/unique?id=\(record ?? "")" : ""))
    }
    return field
  }

  private func kind(
    _ definition: JSONValue, _ type: String, _ values: FormValues, _ page: PageRequest
  ) -> FormField.Kind {
    let alias = definition["alias"]?.text ?? ""
    let present = values.values[alias]
    switch type {
    case "textarea": return .longText(rows: 4)
    case "html": return .code(rows: 6)
    case "email": return .email
    case "number": return .number
    case "url": return .url
    case "date": return .date
    case "datetime": return .moment
    case "boolean":
      return .choice(
        [true, false].map {
          FormField.Choice($0 ? "1" : "0", FieldText.answer(definition, isYes: $0, page))
        })
    case "select": return .choice(Self.kept(Self.options(definition), present))
    case "multiselect": return .choices(Self.kept(Self.options(definition), present))
    case "country", "locale", "timezone":
      let closed = choices[type]?.elements?.compactMap(\.text) ?? []
      return .choice(Self.kept(closed.map { FormField.Choice($0, $0) }, present))
    default: return .text
    }
  }

  /// Choices, and what is chosen but not offered any more (CON-26).
  private static func kept(
    _ choices: [FormField.Choice], _ present: JSONValue?
  ) -> [FormField.Choice] {
    let chosen = present?.elements?.compactMap(\.text) ?? [present?.text].compactMap(\.self)
    let known = Set(choices.map(\.value))
    return choices
      + chosen.filter { !$0.isEmpty && !known.contains($0) }.map { FormField.Choice($0, $0) }
  }
}

/// An input that forms of other records do not have: with suggestions, with a keyboard for telephones, with a look at whether
/// somebody else has the same.
struct ProfileInput: Sendable {
  let field: FormField
  /// The type of the field of a contact.
  let type: String
  let values: FormValues
  let page: PageRequest

  private static let template = Template(
    #"""
    <input class="input" id="{{id}}" name="{{name}}" type="{{type}}" value="{{value}}"{{#describedBy}} aria-describedby="{{describedBy}}"{{/describedBy}}{{#isWrong}} aria-invalid="true"{{/isWrong}}{{#hasList}} list="{{id}}-list" autocomplete="off"{{/hasList}}{{#lookup}} hx-get="{{lookup}}" hx-trigger="change" hx-target="#{{id}}-same"{{/lookup}}>{{#hasList}}<datalist id="{{id}}-list">{{#suggestions}}<option value="{{.}}"></option>{{/suggestions}}</datalist>{{/hasList}}{{#lookup}}<div id="{{id}}-same" aria-live="polite"></div>{{/lookup}}
    """#)

  /// - Parameters:
  ///   - suggestions: Values to choose from, beside others.
  ///   - lookup: The address that tells who else has the value; empty for none.
  func html(suggestions: [String] = [], lookup: String = "") -> HTML {
    let id = FormView.id(field)
    let isWrong = values.problems[field.name]?.isEmpty == false
    let described = (field.hint.isEmpty ? [] : ["\(id)-hint"]) + (isWrong ? ["\(id)-error"] : [])
    let inputType =
      switch type {
      case "tel", "time", "email", "url", "number", "date": type
      default: "text"
      }
    return Self.template(
      [
        "id": id, "name": field.name, "type": inputType,
        "value": (values.value(field) ?? field.initial).text ?? "",
        "describedBy": described.joined(separator: " "), "isWrong": isWrong,
        "hasList": !suggestions.isEmpty, "suggestions": suggestions, "lookup": lookup,
      ], page.texts)
  }
}
