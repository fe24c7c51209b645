import Primitives

/// Lists in one text: `a,b`, where a value may stand in quotes that keep its commas: `"a,b",'c'`.
package enum QuotedList {
  /// The values without surrounding blanks; empty ones are left out. A quote within a value is part of
  /// it, one that is not closed runs to the end.
  package static func parse(_ text: String) -> [String] {
    var values: [String] = []
    var rest = Substring(text)
    while !rest.isEmpty {
      rest = rest.drop { $0 == " " || $0 == "," }
      guard let first = rest.first else { break }
      if first == "\"" || first == "'" {
        let quoted = rest.dropFirst().prefix { $0 != first }
        rest = rest[quoted.endIndex...].dropFirst()
        // What follows the closing quote up to the comma is no value.
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
  /// The values of a list, which forms send as an object by position too; nil for anything else.
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
