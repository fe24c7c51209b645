/// Any JSON value, for what is kept as it was sent: the properties of a field, the query of a UTM set.
package enum JSONValue: Sendable, Equatable, Codable {
  case null
  case boolean(Bool)
  case integer(Int64)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])

  /// The member of an object, or `nil` for a missing one or another kind of value.
  package subscript(name: String) -> JSONValue? {
    if case .object(let members) = self { members[name] } else { nil }
  }

  /// The text of a string, a number or a boolean as a form would send it.
  package var text: String? {
    switch self {
    case .string(let text): text
    case .integer(let number): String(number)
    case .number(let number): "\(number)"
    case .boolean(let value): value ? "1" : "0"
    case .null, .array, .object: nil
    }
  }

  /// The value as an integer, also where it was sent as text.
  package var int: Int? {
    switch self {
    case .integer(let number): Int(exactly: number)
    case .number(let number): Int(exactly: number)
    case .string(let text): Int(text)
    case .boolean, .null, .array, .object: nil
    }
  }

  /// The path of a text that the database cannot store because it holds a NUL character: member names and
  /// item indexes, beginning with a name for the value itself. Nil if there is no such text.
  package func unstorable(_ name: String) -> String? {
    unstorablePart.map { name + $0 }
  }

  private var unstorablePart: String? {
    switch self {
    case .string(let text): return text.utf8.contains(0) ? "" : nil
    case .array(let items):
      for (place, item) in items.enumerated() {
        if let part = item.unstorablePart { return "[\(place)]\(part)" }
      }
      return nil
    case .object(let members):
      for (name, value) in members {
        // For a malformed name the path of its object is given.
        if name.utf8.contains(0) { return "" }
        if let part = value.unstorablePart { return ".\(name.prefix(60))\(part)" }
      }
      return nil
    case .null, .boolean, .integer, .number: return nil
    }
  }

  /// Reads any JSON value. A failed attempt only says that the value is of another kind.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .boolean(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([JSONValue].self) {
      self = .array(value)
    } else {
      self = .object(try container.decode([String: JSONValue].self))
    }
  }

  /// Writes the value.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .boolean(let value): try container.encode(value)
    case .integer(let value): try container.encode(value)
    case .number(let value): try container.encode(value)
    case .string(let value): try container.encode(value)
    case .array(let value): try container.encode(value)
    case .object(let value): try container.encode(value)
    }
  }
}
