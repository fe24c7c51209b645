import API

/// JSON for people.
enum PrettyJSON {
  /// JSON with a member on each line; empty for null.
  static func text(_ value: JSONValue?, depth: Int = 0) -> String {
    let indent = String(repeating: "  ", count: depth)
    switch value {
    case nil, .null?: return depth == 0 ? "" : "null"
    case .object(let object)? where !object.isEmpty && depth < 20:
      let members = object.members.map {
        "\(indent)  \(String(decoding: JSONValue.string($0.key).rendered, as: UTF8.self)): \(text($0.value, depth: depth + 1))"
      }
      return "{\n\(members.joined(separator: ",\n"))\n\(indent)}"
    case .array(let items)? where !items.isEmpty && depth < 20:
      let shown = items.map { "\(indent)  \(text($0, depth: depth + 1))" }
      return "[\n\(shown.joined(separator: ",\n"))\n\(indent)]"
    case let other?: return String(decoding: other.rendered, as: UTF8.self)
    }
  }
}
