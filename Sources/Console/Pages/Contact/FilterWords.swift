import API

/// Filters of segments in words: the field, the operator and the value as builders of segments call them.
struct FilterWords: Sendable {
  private let fields: [String: JSONValue]
  private let names: FilterNames
  private let page: PageRequest

  /// - Parameters:
  ///   - answer: Of the API's route with all filters.
  ///   - names: What records are called that the filters name.
  init(_ answer: JSONValue, names: FilterNames, _ page: PageRequest) {
    self.names = names
    self.page = page
    var fields: [String: JSONValue] = [:]
    for section in answer["sections"]?.elements ?? [] {
      for filter in section["filters"]?.elements ?? [] {
        fields[Self.key(filter)] = filter
      }
    }
    self.fields = fields
  }

  private static func key(_ filter: JSONValue) -> String {
    "\(filter["object"]?.text ?? "") \(filter["field"]?.text ?? "")"
  }

  /// A filter of a segment.
  func callAsFunction(_ filter: JSONValue) -> (field: String, operator: String, value: String) {
    let known = fields[Self.key(filter)]
    let name = filter["operator"]?.text ?? ""
    let operators = known?["operators"]?.elements ?? []
    let word = operators.first { $0["operator"]?.text == name }?["label"]?.text ?? name
    let properties = filter["properties"]
    let isBare = name == "empty" || name == "!empty"
    // What was chosen from a list has a text beside its id.
    let display = properties?["display"]?.text.flatMap { $0.isEmpty ? nil : $0 }
    let value = properties?["filter"] ?? filter["filter"]
    return (
      page.texts(known?["label"]?.text ?? filter["field"]?.text ?? "–"), page.texts(word),
      isBare ? "" : display ?? shown(value, known, filter["type"]?.text)
    )
  }

  private func shown(_ value: JSONValue?, _ known: JSONValue?, _ type: String?) -> String {
    guard let value else { return "" }
    if let items = value.elements {
      return items.map { shown($0, known, type) }.joined(separator: ", ")
    }
    let text = value.text ?? ""
    if known?["kind"]?.text == "boolean" { return page.texts(value.truth == true ? "yes" : "no") }
    let choices = known?["choices"]?.elements ?? []
    return choices.first { $0["value"]?.text == text }?["label"]?.text ?? names(type, text) ?? text
  }
}
