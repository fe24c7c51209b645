import Primitives

/// Lists in one text: `a,b`, where quoted values may contain commas: `"a,b",'c'`.
package enum QuotedList {
  /// Returns the values without surrounding blanks; empty ones are skipped. A quote within a value
  /// is part of it; an unclosed one extends to the end.
  package static func parse(_ text: String) -> [String] {
    var values: [String] = []
    var rest = Substring(text)
    while !rest.isEmpty {
      rest = rest.drop { $0 == " " || $0 == "," }
      guard let first = rest.first else { break }
      if first == "\"" || first == "'" {
        let quoted = rest.dropFirst().prefix { $0 != first }
        rest = rest[quoted.endIndex...].dropFirst()
        // Text between the closing quote and the comma is ignored.
        rest = rest.drop { $0 != "," }
        if !quoted.isEmpty { values.append(String(quoted)) }
      } else {
        let value = rest.prefix { $0 != "," }
        rest = rest[value.endIndex...]
        values.append(value.trimmingBlanks())
      }
    }
    return values
  }
}

extension JSONValue {
  /// The values of a list, which forms also send as an object by position; nil for anything else.
  var queryElements: [JSONValue]? {
    switch self {
    case .array(let items): items
    case .object(let members):
      members.sorted {
        guard let left = Int($0.key), let right = Int($1.key) else { return $0.key < $1.key }
        return left < right
      }.map(\.value)
    default: nil
    }
  }
}
