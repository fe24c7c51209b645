import Primitives

/// Reads one filter from JSON and collects all problems of its form.
struct FilterReader {
  let index: Int
  private(set) var problems: [FilterProblem] = []

  init(index: Int) { self.index = index }

  private mutating func refuse(_ message: String, _ member: String? = nil) {
    problems.append(FilterProblem(message, index: index, member: member))
  }

  mutating func read(_ json: JSONValue) -> SegmentFilter? {
    guard case .object(var members) = json else {
      refuse("a filter must be an object")
      return nil
    }
    guard json.isStorable() else {
      refuse("the filter has a character that cannot be stored, or is nested too deeply")
      return nil
    }
    let glue = word(members["glue"], "glue", FilterGlue.and) {
      FilterGlue(rawValue: $0.lowercased())
    }
    if let glue, members["glue"].map({ !$0.isBlank }) ?? false {
      // The first filter's glue means nothing; it is stored as `and` (api.md 8.3).
      members["glue"] = .string((index == 0 ? .and : glue).rawValue)
    }
    let object = word(members["object"], "object", FilterObject.contact) {
      FilterObject(rawValue: $0)
    }
    let field = name(members["field"], "field")
    let type = name(members["type"], "type")
    let sent = operatorSent(members["operator"])
    let (properties, value) = properties(members, sent)
    members["filter"] = nil
    members["display"] = nil
    members["properties"] = properties
    if let value, let sent, sent.needsValue { checkShape(value, sent) }
    guard problems.isEmpty, let glue, let object, let field, let type, let sent, let value
    else { return nil }
    // Older segments have `=` with a list (SEG-04).
    let isList = sent == .equal && (value.entries != nil)
    return SegmentFilter(
      glue: index == 0 ? .and : glue, object: object, field: field, type: type,
      comparison: isList ? .oneOf : sent, value: value, json: .object(members))
  }

  /// Returns `properties`, merged with what older clients send beside it (SEG-02), and the value.
  private mutating func properties(
    _ members: [String: JSONValue], _ comparison: FilterOperator?
  ) -> (properties: JSONValue?, value: JSONValue?) {
    var inner: [String: JSONValue] = [:]
    switch members["properties"] ?? .null {
    case .object(let sent): inner = sent
    // Many languages serialize an empty object as an empty array.
    case .null, .array([]): break
    default:
      refuse("the properties must be an object", "properties")
      return (nil, nil)
    }
    // If the value is inside, the members beside it are copies from an earlier response (api.md 8.3).
    let isOldForm = inner["filter"] == nil
    for name in ["filter", "display"] where isOldForm && inner[name] == nil {
      inner[name] = members[name]
    }
    if let value = inner["filter"], let comparison {
      inner["filter"] = FilterList.trimmed(value, comparison)
    }
    let isSent = !inner.isEmpty || members["properties"] != nil
    return (isSent ? .object(inner) : nil, inner["filter"] ?? .null)
  }

  /// Checks that the value is a list where one is required, a single value elsewhere, and within limits.
  private mutating func checkShape(_ value: JSONValue, _ comparison: FilterOperator) {
    let isList = value.entries != nil
    if isList, value.entries?.contains(where: { $0.plainText == nil && $0 != .null }) ?? false {
      return refuse("each value must be a text, a number or a boolean", "filter")
    }
    if case .object = value, !isList { return refuse("value is not valid", "filter") }
    let texts = isList ? (value.entries ?? []).compactMap(\.plainText) : [value.plainText ?? ""]
    if comparison.positive.form == .regexp,
      texts.contains(where: { $0.unicodeScalars.count > FilterLimits.patternLength })
    {
      return refuse(
        "a regular expression can have \(FilterLimits.patternLength) characters", "filter")
    }
    let isLong: (String) -> Bool = { $0.unicodeScalars.count > FilterLimits.valueLength }
    // Each entry of a list written as one text counts.
    let values = comparison.takesList ? FilterList.texts(value) ?? [] : texts
    if values.contains(where: isLong) {
      return refuse("a value can have \(FilterLimits.valueLength) characters", "filter")
    }
    if max(values.count, texts.count) > FilterLimits.values {
      return refuse(
        "a list can have \(FilterLimits.values) values, not \(max(values.count, texts.count))",
        "filter")
    }
  }

  private mutating func name(_ value: JSONValue?, _ member: String) -> String? {
    guard case .string(let text)? = value, !text.isEmpty else {
      refuse(value.map { $0.isBlank } ?? true ? "value required" : "value is not valid", member)
      return nil
    }
    guard text.unicodeScalars.count <= FilterLimits.nameLength else {
      refuse("a name can have \(FilterLimits.nameLength) characters", member)
      return nil
    }
    return text
  }

  private mutating func operatorSent(_ value: JSONValue?) -> FilterOperator? {
    guard let value, !value.isBlank else {
      refuse("value required", "operator")
      return nil
    }
    guard case .string(let text) = value, let comparison = FilterOperator(rawValue: text) else {
      refuse("value is not valid", "operator")
      return nil
    }
    return comparison
  }

  private mutating func word<Word>(
    _ value: JSONValue?, _ member: String, _ absent: Word, _ parse: (String) -> Word?
  ) -> Word? {
    guard let value, !value.isBlank else { return absent }
    guard case .string(let text) = value, let word = parse(text) else {
      refuse("value is not valid", member)
      return nil
    }
    return word
  }
}
