import API

/// The form of a custom field, and the page on which its type is chosen.
enum FieldForm {
  // MARK: Choosing a type

  static func types(_ kind: RecordPages, _ page: PageRequest) -> Page {
    Page(
      title: page.texts("New field"), subtitle: page.texts("The type stays as it is chosen now."),
      trail: [.init(text: page.texts("Custom fields"), path: kind.path)],
      contentHTML: template(
        [
          "types": FieldTypeChoice.all.map {
            [
              "href": "/console/\(kind.path)/new?type=\($0.name)", "label": page.texts($0.label),
              "example": page.texts($0.example),
            ]
          }
        ], page.texts), section: "fields")
  }

  private static let template = Template(
    #"""
    <div class="cards">{{#types}}<a class="card" href="{{href}}"><span><strong>{{label}}</strong><span class="hint">{{example}}</span></span></a>{{/types}}</div>
    """#)

  // MARK: The form

  static func sections(_ field: JSONValue?, _ page: PageRequest) -> [FormSection] {
    let texts = page.texts
    let type = field?["type"]?.text ?? page.query("type") ?? "text"
    var main = [
      FormField("label", texts("Label"), isRequired: true),
      FormField(
        "group", texts("Group"),
        .choice(FieldPages.groups.map { .init($0.name, texts($0.label)) }), isRequired: true,
        initial: "core"),
    ]
    if let field {
      main.append(
        FormField(
          "alias-shown", texts("Alias and type"),
          .markup(
            shown(
              ["alias": field["alias"]?.text ?? "", "type": FieldTypeChoice.label(type, page)],
              texts))))
    } else {
      main += [
        FormField(
          "alias", texts("Alias"),
          hint: texts(
            "The name in tokens, imports and the API. It stays. Empty: made of the label.")),
        FormField(
          "type", texts("Type"), .choice([.init(type, FieldTypeChoice.label(type, page))]),
          isRequired: true),
      ]
    }
    main += own(type, field, texts)
    main.append(
      FormField(
        "defaultValue", texts("Value of new contacts"),
        hint: texts("Where nothing else is given.")))
    return [FormSection("", main), use(type, texts)]
  }

  private static let shown = Template(
    #"""
    <output class="row" id="f-alias-shown"><code>{{alias}}</code><span class="muted">{{type}}</span></output>
    """#)

  /// The fields that only some types have.
  private static func own(_ type: String, _ field: JSONValue?, _ texts: Texts) -> [FormField] {
    switch type {
    case "select", "multiselect", "lookup":
      return [
        FormField(
          "list", texts("Values"), .longText(rows: 6),
          hint: type == "lookup"
            ? texts("One a line. Other values can be typed, too.")
            : texts("One a line; where value and text differ: value|text."),
          initial: .string(values(field)), isWide: true)
      ]
    case "boolean":
      return [
        FormField(
          "properties[yes]", texts("Word for yes"), isRequired: true, initial: .string(texts("Yes"))
        ),
        FormField(
          "properties[no]", texts("Word for no"), isRequired: true, initial: .string(texts("No"))),
      ]
    case "number":
      return [
        FormField("properties[scale]", texts("Digits after the mark"), .number, initial: 0)
      ]
    case "text", "email", "tel", "url":
      return [
        FormField(
          "charLengthLimit", texts("Most characters"), .number, hint: texts("At most 191."),
          initial: 64)
      ]
    default: return []
    }
  }

  private static func values(_ field: JSONValue?) -> String {
    (field?["properties"]?["list"]?.elements ?? []).map { item in
      if let text = item.text { return text }
      let (value, label) = (item["value"]?.text ?? "", item["label"]?.text ?? "")
      return value == label || label.isEmpty ? value : "\(value)|\(label)"
    }.joined(separator: "\n")
  }

  private static func use(_ type: String, _ texts: Texts) -> FormSection {
    var fields = [
      FormField("isPublished", texts("In use"), .flag, initial: true),
      FormField("isRequired", texts("Required"), .flag),
      FormField("isVisible", texts("Shown in forms of contacts"), .flag, initial: true),
      FormField("isShortVisible", texts("Shown in the quick form"), .flag),
      FormField("isListable", texts("Offered to segments and lists"), .flag, initial: true),
      FormField(
        "isPubliclyUpdatable", texts("Visitors may change it"), .flag,
        hint: texts("By the tracking script, without a form.")),
    ]
    if ["text", "email", "tel", "url", "select", "lookup", "number"].contains(type) {
      fields += [
        FormField(
          "isUniqueIdentifier", texts("Identifies a contact"), .flag,
          hint: texts("Who has the same value is the same contact.")),
        FormField(
          "isIndex", texts("Searched quickly"), .flag,
          hint: texts("Takes room; for fields that searches and segments often ask for.")),
      ]
    }
    return FormSection(texts("Use"), fields)
  }

  /// The lines of values become a list.
  ///
  /// - Parameter api: The path of the fields below `/api/`.
  static func prepare(
    _ members: inout JSONObject, _ api: String, _ page: PageRequest
  ) async throws {
    members["alias-shown"] = nil
    for name in ["alias", "charLengthLimit"] where members[name] == .string("") {
      members[name] = nil
    }
    guard let text = members["list"]?.text else { return }
    members["list"] = nil
    var type = members["type"]?.text
    if let id = page.request.pathParameters["id"] {
      type = try await page.get("\(api)/\(id)")["field"]?["type"]?.text
    }
    members["properties"] = [
      "list": .array(
        FormFieldBody.lines(text).map { line in
          guard type != "lookup" else { return .string(line) }
          let parts = line.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
          let value = String(parts[0])
          return [
            "label": .string(parts.count > 1 ? String(parts[1]) : value), "value": .string(value),
          ]
        })
    ]
  }
}
