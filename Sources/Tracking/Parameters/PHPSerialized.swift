package import Primitives

/// Reads data serialized by PHP, as old snippets and e-mails carry them: arrays, texts, numbers, booleans and null, and
/// nothing that could be an object (tracking.md 3).
package struct PHPSerialized {
  /// The maximum number of bytes.
  package static let limit = 16 * 1024
  /// The maximum depth of arrays in each other.
  package static let depth = 8

  private let bytes: [UInt8]
  private var position = 0

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// Returns the value; nil for anything else than one whole value within the limits. An array whose keys count 0, 1,
  /// 2 … is an array, another one an object.
  package static func read(_ bytes: [UInt8]) -> JSONValue? {
    guard bytes.count <= limit else { return nil }
    var reader = PHPSerialized(bytes)
    guard let value = reader.value(depth: 0), reader.position == bytes.count else { return nil }
    return value
  }

  private mutating func value(depth: Int) -> JSONValue? {
    guard position + 1 < bytes.count else { return nil }
    let kind = bytes[position]
    if kind == UInt8(ascii: "N") {
      position += 1
      return take(";") ? .null : nil
    }
    position += 1
    guard take(":") else { return nil }
    switch kind {
    case UInt8(ascii: "b"):
      guard let digits = text(until: ";"), digits == "0" || digits == "1" else { return nil }
      return .boolean(digits == "1")
    case UInt8(ascii: "i"): return text(until: ";").flatMap { Int64($0) }.map(JSONValue.integer)
    case UInt8(ascii: "d"):
      guard let number = text(until: ";").flatMap({ Double($0) }), number.isFinite else {
        return nil
      }
      return .number(number)
    case UInt8(ascii: "s"):
      guard let text = string(), take(";") else { return nil }
      return .string(text)
    case UInt8(ascii: "a"): return array(depth: depth)
    default: return nil
    }
  }

  private mutating func array(depth: Int) -> JSONValue? {
    guard depth < Self.depth, let count = text(until: ":").flatMap({ Int($0) }), count >= 0,
      // Each element takes some bytes: a count beyond them is a lie.
      count <= (bytes.count - position) / 4, take("{")
    else { return nil }
    var members: [(key: String, value: JSONValue)] = []
    for _ in 0..<count {
      guard let key = key(), let value = value(depth: depth + 1) else { return nil }
      members.append((key, value))
    }
    guard take("}") else { return nil }
    let isList = members.enumerated().allSatisfy { String($0.offset) == $0.element.key }
    if isList { return .array(members.map(\.value)) }
    return .object(Dictionary(members.map { ($0.key, $0.value) }, uniquingKeysWith: { $1 }))
  }

  /// A key of an array: a whole number or a text.
  private mutating func key() -> String? {
    switch value(depth: Self.depth) {
    case .integer(let number)?: String(number)
    case .string(let text)?: text
    default: nil
    }
  }

  /// A text with its length in bytes before it. Bytes that are not UTF-8 are replaced.
  private mutating func string() -> String? {
    guard let length = text(until: ":").flatMap({ Int($0) }), length >= 0, take("\""),
      length <= bytes.count - position
    else { return nil }
    let content = bytes[position..<position + length]
    position += length
    return take("\"") ? String(decoding: content, as: UTF8.self) : nil
  }

  /// The short text up to a character, which is taken too.
  private mutating func text(until end: Unicode.Scalar) -> String? {
    let window = bytes[position..<min(bytes.count, position + 32)]
    guard let place = window.firstIndex(of: UInt8(ascii: end)) else { return nil }
    let text = String(decoding: window[..<place], as: UTF8.self)
    position = place + 1
    return text
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }
}
