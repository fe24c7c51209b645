/// A schema in words: `integer or null`, or a table of members.
enum DocsSchema {
  static func html(_ schema: JSONValue) -> String {
    if let reference = schema["$ref"]?.text {
      let name = PublicPage.escape(String(reference.split(separator: "/").last ?? ""))
      let required = (schema["required"]?.commaList ?? []).joined(separator: ", ")
      let link = "<a href=\"#schema-\(name)\">\(name)</a>"
      return required.isEmpty ? link : "\(link), of which required: \(PublicPage.escape(required))"
    }
    if let choices = schema["anyOf"]?.elements {
      return choices.map(html).joined(separator: " or ")
    }
    let bounds = bounds(schema)
    if let members = schema["properties"]?.asObject?.members, !members.isEmpty {
      let rows = members.map {
        "<tr><td><code>\(PublicPage.escape($0.key))</code></td><td>\(html($0.value))</td></tr>"
      }
      return "<table>\(rows.joined())</table>\(further(schema))"
    }
    if let items = schema["items"] { return "list of \(html(items))\(bounds)" }
    if case .object? = schema["additionalProperties"], let value = schema["additionalProperties"] {
      return "object of \(html(value))"
    }
    guard let type = schema["type"] else { return "any value" }
    return PublicPage.escape(type.commaList.joined(separator: " or ")) + bounds
  }

  private static func further(_ schema: JSONValue) -> String {
    schema["additionalProperties"] == .bool(true) ? "and further members" : ""
  }

  private static func bounds(_ schema: JSONValue) -> String {
    let told = [
      ("minimum", "at least"), ("maximum", "at most"), ("maxItems", "items at most"),
      ("minLength", "characters at least"), ("maxLength", "characters at most"),
      ("enum", "one of"), ("pattern", "like"),
    ].compactMap { keyword, words in
      schema[keyword].map { value in
        "\(words) " + PublicPage.escape(value.commaList.joined(separator: ", "))
      }
    }
    return told.isEmpty ? "" : " (\(told.joined(separator: "; ")))"
  }
}
