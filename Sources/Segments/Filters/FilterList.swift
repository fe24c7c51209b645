import Primitives

/// Conversions of list values in filters.
enum FilterList {
  /// Returns the entries of a list of values (SEG-30): an array, a text with `|` between values, or one
  /// value. Surrounding blanks and empty entries are dropped.
  ///
  /// - Returns: `nil` if an entry is not text, number or boolean.
  static func texts(_ value: JSONValue) -> [String]? {
    switch value {
    case .null: return []
    case .string(let text):
      return text.split(separator: "|").map(trimmed).filter { !$0.isEmpty }
    case .integer, .number, .boolean: return value.plainText.map { [$0] }
    case .array, .object:
      var texts: [String] = []
      for entry in value.entries ?? [] {
        if entry == .null { continue }
        guard let text = entry.plainText else { return nil }
        let clean = trimmed(text[...])
        if !clean.isEmpty { texts.append(clean) }
      }
      return value.entries == nil ? nil : texts
    }
  }

  static func trimmed(_ text: Substring) -> String { text.trimmingBlanks() }

  /// Returns a filter's value without the blanks that no stored value has: those at the ends of what is compared with
  /// a whole value, its beginning or its end. Within a value blanks count.
  static func trimmed(_ value: JSONValue, _ comparison: FilterOperator) -> JSONValue {
    let (atStart, atEnd) =
      switch comparison.positive.form {
      case .startsWith: (true, false)
      case .endsWith: (false, true)
      case .like, .regexp, .contains: (false, false)
      default: (true, true)
      }
    func trimmed(_ value: JSONValue) -> JSONValue {
      switch value {
      case .string(let text): .string(self.trimmed(text[...], atStart: atStart, atEnd: atEnd))
      case .array(let entries): .array(entries.map(trimmed))
      case .object(let members): .object(members.mapValues(trimmed))
      case .null, .boolean, .integer, .number: value
      }
    }
    return trimmed(value)
  }

  private static func trimmed(_ text: Substring, atStart: Bool, atEnd: Bool) -> String {
    var text = text
    while atStart, let first = text.unicodeScalars.first, first.properties.isWhitespace {
      text.unicodeScalars.removeFirst()
    }
    while atEnd, let last = text.unicodeScalars.last, last.properties.isWhitespace {
      text.unicodeScalars.removeLast()
    }
    return String(text)
  }
}

extension JSONValue {
  /// The entries of an array, or of an object with the keys 0, 1, 2 … as forms send it.
  var entries: [JSONValue]? {
    switch self {
    case .array(let entries): return entries
    case .object(let members):
      var numbered: [(Int, JSONValue)] = []
      for (key, value) in members {
        guard let number = Int(key), number >= 0 else { return nil }
        numbered.append((number, value))
      }
      return numbered.sorted { $0.0 < $1.0 }.map(\.1)
    case .null, .boolean, .integer, .number, .string: return nil
    }
  }

  /// The text of a single value; numbers in their shortest decimal form.
  var plainText: String? {
    if case .number(let number) = self, number == number.rounded(), abs(number) < 1e15 {
      return String(Int64(number))
    }
    return text
  }

  /// Whether the value is missing: null or an empty text (SEG-31).
  var isBlank: Bool { self == .null || self == .string("") }

  /// Whether it can be stored and is not nested too deeply: PostgreSQL has no text with a NUL.
  func isStorable(depth: Int = FilterLimits.depth) -> Bool {
    guard depth > 0 else { return false }
    switch self {
    case .string(let text): return !text.utf8.contains(0)
    case .array(let entries): return entries.allSatisfy { $0.isStorable(depth: depth - 1) }
    case .object(let members):
      return members.allSatisfy {
        !$0.key.utf8.contains(0) && $0.value.isStorable(depth: depth - 1)
      }
    case .null, .boolean, .integer, .number: return true
    }
  }
}
