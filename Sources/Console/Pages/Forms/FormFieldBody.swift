import API

/// One field of a form as its page has it, and as the API does.
enum FormFieldBody {
  /// What the page shows of a field.
  static func values(of field: JSONValue) -> JSONValue {
    var values = field.asObject ?? [:]
    values["options"] = .string(
      options(of: field).map { option in
        let (value, label) = (option["value"]?.text ?? "", option["label"]?.text ?? "")
        return value == label || label.isEmpty ? value : "\(value)|\(label)"
      }.joined(separator: "\n"))
    if let name = field["mappedField"]?.text {
      values["mapping"] = .string("\(field["mappedObject"]?.text ?? "contact"):\(name)")
    }
    values["parent"] = field["parent"]?["id"] ?? field["parent"]
    values["conditionValues"] = .string(
      (field["conditions"]?["values"]?.commaList ?? []).joined(separator: "\n"))
    var properties = field["properties"]?.asObject ?? [:]
    for name in ["allowed_file_extensions"] {
      if let list = properties[name]?.elements {
        properties[name] = .string(list.compactMap(\.text).joined(separator: ", "))
      }
    }
    values["properties"] = .object(properties)
    var validation = field["validation"]?.asObject ?? [:]
    if let list = validation["donotsubmit"]?.elements {
      validation["donotsubmit"] = .string(list.compactMap(\.text).joined(separator: ", "))
    }
    values["validation"] = .object(validation)
    return .object(values)
  }

  /// The values that a field offers.
  private static func options(of field: JSONValue) -> [JSONValue] {
    let properties = field["properties"]
    for holder in [properties?["optionlist"], properties?["list"], properties] {
      var list = holder?["list"]
      if list == nil, case .array? = holder { list = holder }
      guard let items = list?.elements, list?["list"] == nil, !items.isEmpty else { continue }
      return items.map { item in
        item.text.map { ["value": .string($0), "label": .string($0)] } ?? item
      }
    }
    return []
  }

  /// What the API is sent for what the page sent.
  ///
  /// - Parameters:
  ///   - members: What the page sent.
  ///   - field: The field of before; nil for a new one.
  static func body(
    of members: JSONObject, _ type: FormFieldType, _ field: JSONValue?
  ) -> JSONObject {
    func text(_ name: String) -> String? {
      members[name]?.text.flatMap { $0.isEmpty ? nil : $0 }
    }
    var sent = members
    for name in ["options", "mapping", "conditionValues"] { sent[name] = nil }
    if let field {
      sent["id"] = field["id"]
    } else {
      sent["id"] = "new1"
      sent["type"] = .string(type.name)
      if text("alias") == nil { sent["alias"] = nil }
    }
    var properties = field?["properties"]?.asObject ?? [:]
    for member in members["properties"]?.asObject?.members ?? [] {
      properties[member.key] = member.value
    }
    if let extensions = properties["allowed_file_extensions"] {
      properties["allowed_file_extensions"] = .array(extensions.commaList.map(JSONValue.string))
    }
    if type.hasOptions {
      let name = type.name == "select" ? "list" : "optionlist"
      properties[name] = ["list": .array(Self.options(text("options") ?? ""))]
    }
    sent["properties"] = .object(properties)
    if members["mapping"] != nil {
      let parts = (text("mapping") ?? "").split(separator: ":", maxSplits: 1)
      sent["mappedObject"] = parts.first.map { .string(String($0)) } ?? .null
      sent["mappedField"] = parts.count > 1 ? .string(String(parts[1])) : .null
    }
    if members["parent"] != nil {
      sent["parent"] = text("parent").map(JSONValue.string) ?? .null
      var conditions = members["conditions"]?.asObject ?? [:]
      conditions["values"] = .array(
        Self.lines(text("conditionValues") ?? "").map(JSONValue.string))
      sent["conditions"] = text("parent") == nil ? [:] : .object(conditions)
    }
    return sent
  }

  /// The problems of the field, without its place in the list.
  static func problems(_ error: APIError) -> [String: [String]] {
    var problems: [String: [String]] = [:]
    for detail in error.details {
      var name = detail.field
      if let end = name.firstRange(of: "]."), name.hasPrefix("fields[") {
        name = String(name[end.upperBound...])
      }
      name = ["mappedField": "mapping", "mappedObject": "mapping"][name] ?? name
      if name.hasPrefix("properties.list") || name.hasPrefix("properties.optionlist") {
        name = "options"
      }
      problems[FormValues.bracketed(name), default: []] += detail.messages
    }
    return problems
  }

  /// The lines of a text that are not blank.
  static func lines(_ text: String) -> [String] {
    text.split(whereSeparator: \.isNewline).map { line in
      String(line.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }.filter { !$0.isEmpty }
  }

  private static func options(_ text: String) -> [JSONValue] {
    lines(text).map { line in
      let parts = line.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
      let value = String(parts[0])
      return [
        "label": .string(parts.count > 1 ? String(parts[1]) : value), "value": .string(value),
      ]
    }
  }
}
