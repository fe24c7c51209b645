/// The error of a text that is not JSON.
package struct JSONSyntaxError: Error, Equatable {
  /// The fault, for the caller.
  var message: String
  /// The byte offset of the fault, from 0.
  var offset: Int
}

/// Reads JSON (RFC 8259) into a `JSONValue`: strict, and bounded in depth, so that no input can
/// exhaust the stack.
package struct JSONParser {
  /// The maximum nesting depth of arrays and objects.
  static let maximumDepth = 128

  /// Parses a whole text.
  package static func parse(_ bytes: some Sequence<UInt8>) throws(JSONSyntaxError) -> JSONValue {
    var parser = JSONParser(bytes: Array(bytes))
    parser.skipByteOrderMark()
    let value = try parser.value(depth: 0)
    parser.skipBlanks()
    guard parser.position == parser.bytes.count else {
      throw parser.problem("unexpected text after the value")
    }
    return value
  }

  var bytes: [UInt8]
  var position = 0

  private init(bytes: [UInt8]) { self.bytes = bytes }

  func problem(_ message: String) -> JSONSyntaxError {
    JSONSyntaxError(message: message, offset: position)
  }

  /// The byte at the current position; nil at the end.
  var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipByteOrderMark() {
    if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
  }

  private mutating func skipBlanks() {
    while let byte = current, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 {
      position += 1
    }
  }

  private mutating func value(depth: Int) throws(JSONSyntaxError) -> JSONValue {
    guard depth <= Self.maximumDepth else { throw problem("nested too deeply") }
    skipBlanks()
    switch current {
    case UInt8(ascii: "{"): return try object(depth: depth)
    case UInt8(ascii: "["): return try array(depth: depth)
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    case nil: throw problem("unexpected end")
    default: return try number()
    }
  }

  private mutating func word(
    _ text: StaticString, _ value: JSONValue
  ) throws(JSONSyntaxError) -> JSONValue {
    for index in 0..<text.utf8CodeUnitCount {
      guard current == text.utf8Start[index] else { throw problem("unexpected character") }
      position += 1
    }
    return value
  }

  private mutating func array(depth: Int) throws(JSONSyntaxError) -> JSONValue {
    position += 1
    var items: [JSONValue] = []
    skipBlanks()
    if take(UInt8(ascii: "]")) { return .array(items) }
    while true {
      items.append(try value(depth: depth + 1))
      skipBlanks()
      if take(UInt8(ascii: "]")) { return .array(items) }
      guard take(UInt8(ascii: ",")) else { throw problem("expected , or ]") }
    }
  }

  private mutating func object(depth: Int) throws(JSONSyntaxError) -> JSONValue {
    position += 1
    var object = JSONObject()
    skipBlanks()
    if take(UInt8(ascii: "}")) { return .object(object) }
    while true {
      skipBlanks()
      guard current == UInt8(ascii: "\"") else { throw problem("expected a name in quotes") }
      let key = try string()
      skipBlanks()
      guard take(UInt8(ascii: ":")) else { throw problem("expected :") }
      object.append(key, try value(depth: depth + 1))
      skipBlanks()
      if take(UInt8(ascii: "}")) { return .object(object) }
      guard take(UInt8(ascii: ",")) else { throw problem("expected , or }") }
    }
  }

  mutating func take(_ byte: UInt8) -> Bool {
    guard current == byte else { return false }
    position += 1
    return true
  }
}
