import API

/// The table of columns and the fields that take them.
struct MappingColumns: Sendable {
  let page: PageRequest
  let sample: ImportSample
  /// The fields that there are.
  let fields: [JSONValue]
  /// The targets by column as they are stored; nil or empty for none yet.
  let stored: JSONValue?
  /// The targets by place that a refused form has sent; nil for none.
  let sent: JSONValue?

  /// The target of a column; empty for none.
  private func target(_ place: Int) -> String {
    if let sent { return FormBody.value("[\(place)]", in: sent)?.text ?? "" }
    let name = sample.headers[place]
    if let stored = stored?.asObject, !stored.isEmpty { return stored[name]?.text ?? "" }
    return sample.suggestions[name] ?? ""
  }

  /// How many columns have a field.
  var summary: String {
    page.texts(
      "{mapped} of {all} columns have a field",
      [
        "mapped": page.formats.number(sample.headers.indices.count { !target($0).isEmpty }),
        "all": page.formats.number(sample.headers.count),
      ])
  }

  private static let template = Template(
    #"""
    <div class="table-wrap"><table class="table loose"><thead><tr><th scope="col">[[Column]]</th><th scope="col">[[Field]]</th><th scope="col">[[Holds]]</th><th scope="col" class="num">[[Filled]]</th><th scope="col">[[Suggestion]]</th></tr></thead>
    <tbody>{{#rows}}<tr><th scope="row"><code>{{name}}</code><span class="sub">{{example}}</span></th><td data-label="[[Field]]"><select class="input" name="column[{{place}}]" aria-label="{{label}}"><option value="">[[Do not import]]</option>{{#groups}}<optgroup label="{{heading}}">{{#options}}<option value="{{value}}"{{#isChosen}} selected{{/isChosen}}>{{text}}</option>{{/options}}</optgroup>{{/groups}}</select></td><td data-label="[[Holds]]">{{kind}}</td><td data-label="[[Filled]]" class="num">{{filled}}</td><td data-label="[[Suggestion]]">{{#suggestion}}<span class="status"><span class="dot {{dot}}"></span>{{suggestion}}</span>{{/suggestion}}{{^suggestion}}<span class="muted">[[No match]]</span>{{/suggestion}}</td></tr>{{/rows}}</tbody></table></div>
    """#)

  func table() -> HTML {
    let rows = sample.headers.indices.filter { !sample.headers[$0].isEmpty }
    return Self.template(
      [
        "rows": rows.map { place -> [String: Any] in
          let name = sample.headers[place]
          let guess = sample.guesses[place]
          let suggestion = self.suggestion(name)
          return [
            "name": name, "place": place, "example": String(guess.example.prefix(80)),
            "label": page.texts("Field for {column}", ["column": name]),
            "kind": page.texts(guess.kind.rawValue), "filled": "\(guess.filled) %",
            "suggestion": suggestion?.text ?? "", "dot": suggestion?.dot ?? "",
            "groups": groups(target(place)),
          ]
        }
      ], page.texts)
  }

  /// Why a field is proposed for a column.
  private func suggestion(_ name: String) -> (text: String, dot: String)? {
    guard let alias = sample.suggestions[name] else { return nil }
    let label = fields.first { $0["alias"]?.text == alias }?["label"]?.text ?? alias
    let isSame = [alias, label].contains { Self.plain($0) == Self.plain(name) }
    return isSame
      ? (page.texts("Same name"), "ok")
      : (page.texts("Usual name for {field}", ["field": label]), "warn")
  }

  private static func plain(_ name: String) -> String {
    name.lowercased().filter { $0.isLetter || $0.isNumber }
  }

  private func groups(_ chosen: String) -> [[String: Any]] {
    let headings = [
      ("field", page.texts("Fields")), ("special", page.texts("Other properties")),
    ]
    let kinds = Set(fields.compactMap { $0["kind"]?.text })
    let further = kinds.subtracting(headings.map(\.0)).sorted()
    return (headings + further.map { ($0, page.texts("Of the company")) }).compactMap {
      kind, heading in
      let members = fields.filter { $0["kind"]?.text == kind }
      guard !members.isEmpty else { return nil }
      return [
        "heading": heading,
        "options": members.map { field -> [String: Any] in
          let alias = field["alias"]?.text ?? ""
          return [
            "value": alias, "text": field["label"]?.text ?? alias, "isChosen": alias == chosen,
          ]
        },
      ]
    }
  }

  private static let identifiersTemplate = Template(
    #"""
    <section class="panel"><header class="panel-head"><h2>[[Recognised by]]</h2></header><div class="panel-body stack tight"><div class="chips">{{#identifiers}}<span class="chip">{{label}}{{#isMapped}}[icon:check]<span class="sr">[[mapped]]</span>{{/isMapped}}</span>{{/identifiers}}</div><p class="hint">[[A row with a value of one of these that is known already changes that record; others make new ones.]]</p></div></section>
    """#)

  /// The fields by which rows are recognised.
  func identifiers() -> HTML {
    let targets = Set(sample.headers.indices.map(target))
    let identifiers = fields.filter { $0["isUniqueIdentifier"]?.truth == true }
    return Self.identifiersTemplate(
      [
        "identifiers": identifiers.map { field -> [String: Any] in
          [
            "label": field["label"]?.text ?? "",
            "isMapped": targets.contains(field["alias"]?.text ?? ""),
          ]
        }
      ], page.texts)
  }
}
