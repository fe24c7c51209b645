import API

/// What an import was told, as a list.
struct ImportFacts: Sendable {
  let page: PageRequest
  let item: ImportFigures

  private static let template = Template(
    #"""
    <dl class="facts">{{#facts}}<div><dt>{{name}}</dt><dd>{{{valueHTML}}}</dd></div>{{/facts}}</dl>{{#remarks}}<p class="hint">{{.}}</p>{{/remarks}}{{#hasFields}}<details class="unfold"><summary>[[Mapping]]</summary><dl class="facts lined">{{#fields}}<div><dt>{{column}}</dt><dd><code>{{field}}</code></dd></div>{{/fields}}</dl></details>{{/hasFields}}
    """#)

  func callAsFunction() -> HTML {
    let texts = page.texts
    let (data, properties) = (item.item, item.item["properties"])
    let tags = (properties?["defaults"]?["tags"]?.elements ?? []).compactMap(\.text)
    var facts: [(String, HTML)] = [
      (texts("Status"), item.badge(page)),
      (
        texts("Into"),
        page.plain(texts(item.isOfCompanies ? "Companies" : "Contacts"))
      ), (texts("Added"), page.time(data["dateAdded"])),
      (texts("By"), page.plain(data["createdByUser"]?.text)),
      (texts("Started"), page.time(data["dateStarted"])),
      (texts("Ended"), page.time(data["dateEnded"])),
    ]
    if let list = properties?["defaults"]?["list"]?.text {
      facts.append((texts("Segment"), page.link("\(list)", to: "segments/\(list)")))
    }
    if !tags.isEmpty { facts.append((texts("Tags"), page.plain(tags.joined(separator: ", ")))) }
    let fields = properties?["fields"]?.asObject?.members ?? []
    return Self.template(
      [
        "facts": facts.map { ["name": $0.0, "valueHTML": $0.1] as [String: Any] },
        "remarks": (data["remarks"]?.elements ?? []).compactMap(\.text),
        "hasFields": !fields.isEmpty,
        "fields": fields.map { ["column": $0.key, "field": $0.value.text ?? ""] },
      ], texts)
  }
}
