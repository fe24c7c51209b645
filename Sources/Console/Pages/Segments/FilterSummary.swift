import API

/// The filters of a segment in words: groups of which one has to hold, and in each the filters that have to.
struct FilterSummary: Sendable {
  /// The filters, as the API gives them.
  let filters: [JSONValue]
  /// The filters that there are, by object and field.
  private var offered: [String: JSONValue] = [:]
  private let names: FilterNames

  /// - Parameters:
  ///   - offer: The API's answer about the filters that there are; nil where it is not known.
  ///   - names: What records are called that the filters name.
  init(_ filters: JSONValue?, offer: JSONValue?, names: FilterNames) {
    self.names = names
    self.filters = filters?.elements ?? []
    for section in offer?["sections"]?.elements ?? [] {
      for filter in section["filters"]?.elements ?? [] { offered[Self.key(filter)] = filter }
    }
  }

  private static func key(_ filter: JSONValue) -> String {
    "\(filter["object"]?.text ?? "")/\(filter["field"]?.text ?? "")"
  }

  private static let template = Template(
    #"""
    <ul class="filter-summary">{{#rows}}{{#join}}<li class="rule-join">{{join}}</li>{{/join}}<li><strong>{{field}}</strong> <span class="muted">{{comparison}}</span> {{#values}}<span class="chip">{{.}}</span> {{/values}}</li>{{/rows}}</ul>
    """#)

  func callAsFunction(_ page: PageRequest) -> HTML {
    Self.template(
      [
        "rows": filters.enumerated().map { place, filter -> [String: Any] in
          let known = offered[Self.key(filter)]
          let comparison = filter["operator"]?.text ?? ""
          let label = known?["operators"]?.elements?.first { $0["operator"]?.text == comparison }
          let isOr = filter["glue"]?.text == "or"
          return [
            "join": place == 0 ? "" : page.texts(isOr ? "or" : "and"),
            "field": known?["label"]?.text ?? filter["field"]?.text ?? "",
            "comparison": label?["label"]?.text ?? comparison,
            "values": values(filter, known, page),
          ]
        }
      ], page.texts)
  }

  /// The values that are compared with, at most a few of them.
  private func values(
    _ filter: JSONValue, _ known: JSONValue?, _ page: PageRequest
  ) -> [String] {
    let display = filter["properties"]?["display"]?.text ?? ""
    if !display.isEmpty { return [display] }
    let texts = FilterNames.values(filter)
    let choices = known?["choices"]?.elements ?? []
    let shown = texts.prefix(8).map { text in
      choices.first { $0["value"]?.text == text }?["label"]?.text
        ?? names(filter["type"]?.text, text) ?? text
    }
    guard texts.count > 8 else { return shown }
    return shown + [page.texts("and {count} more", ["count": page.formats.number(texts.count - 8)])]
  }
}
