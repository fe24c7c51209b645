/// Escapes and unescapes HTML.
enum HTMLText {
  /// Appends bytes, escaped for HTML.
  static func escape(_ bytes: some Sequence<UInt8>, into output: inout [UInt8]) {
    for byte in bytes {
      switch byte {
      case UInt8(ascii: "&"): output.append(contentsOf: "&amp;".utf8)
      case UInt8(ascii: "<"): output.append(contentsOf: "&lt;".utf8)
      case UInt8(ascii: ">"): output.append(contentsOf: "&gt;".utf8)
      case UInt8(ascii: "\""): output.append(contentsOf: "&quot;".utf8)
      case UInt8(ascii: "'"): output.append(contentsOf: "&#39;".utf8)
      default: output.append(byte)
      }
    }
  }

  /// Returns a text escaped for HTML.
  static func escaped(_ text: String) -> String {
    var output: [UInt8] = []
    escape(text.utf8, into: &output)
    return String(decoding: output, as: UTF8.self)
  }

  /// Returns a text with its entities decoded. Unknown entities stay.
  static func decoded(_ text: String) -> String {
    guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
    var output = ""
    var rest = text[...]
    while let start = rest.firstIndex(of: "&") {
      output += rest[..<start]
      rest = rest[start...]
      let inner = rest.dropFirst().prefix(10)
      if let end = inner.firstIndex(of: ";"), let character = character(inner[..<end]) {
        output += character
        rest = rest[rest.index(after: end)...]
      } else {
        output += "&"
        rest = rest.dropFirst()
      }
    }
    return output + rest
  }

  private static func character(_ name: Substring) -> String? {
    guard name.first == "#" else { return HTMLEntities.character(name) }
    let digits = name.dropFirst()
    let number =
      digits.first?.lowercased() == "x"
      ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
    return number.flatMap(HTMLEntities.character)
  }
}
