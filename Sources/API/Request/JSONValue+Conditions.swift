import Primitives

extension JSONValue {
  /// The conditions of the parameter `where`. The `+` of a time's zone that stands uncoded in a query string comes as a
  /// blank (`2024-03-01T09:30:00 00:00`), and is put back.
  var conditions: Primitives.JSONValue { withZones.kept }

  private var withZones: JSONValue {
    switch self {
    case .array(let items): .array(items.map(\.withZones))
    case .object(let object):
      .object(JSONObject(object.members.map { ($0.key, $0.value.withZones) }))
    case .string(let text): .string(Self.withZone(text))
    case .null, .bool, .int, .double: self
    }
  }

  private static func withZone(_ text: String) -> String {
    let bytes = Array(text.utf8.prefix(40))
    let blank = bytes.count - 6
    // `YYYY-MM-DDTHH:MM`, seconds or not, a blank, `HH:MM`.
    guard (16...39).contains(blank), bytes[10] == UInt8(ascii: "T"),
      bytes[blank] == UInt8(ascii: " "),
      bytes[blank + 3] == UInt8(ascii: ":"),
      [1, 2, 4, 5].allSatisfy({ (48...57).contains(bytes[blank + $0]) })
    else { return text }
    return String(
      decoding: bytes[..<blank] + [UInt8(ascii: "+")] + bytes[(blank + 1)...], as: UTF8.self)
  }
}
