/// Takes passwords out of texts that people will read: of URLs (`scheme://user:password@host`),
/// of their queries and of libpq's keyword strings (`password=…`).
package enum Redaction {
  private static let mark: [UInt8] = Array("***".utf8)

  /// The text with every password in it replaced by `***`.
  package static func redact(_ text: String) -> String {
    // Nearly every text holds neither: two scans of bytes decide that, without a copy.
    var bytes: [UInt8]?
    if contains(text.utf8, Array("://".utf8)) { bytes = urls(Array(text.utf8)) }
    if contains(text.utf8, Array("password".utf8)) {
      bytes = keywords(bytes ?? Array(text.utf8))
    }
    return bytes.map { String(decoding: $0, as: UTF8.self) } ?? text
  }

  /// `://user:secret@` → `://user:***@`. The last `@` before the path ends the credentials, so a
  /// password that holds an unescaped `@` is hidden whole.
  private static func urls(_ text: [UInt8]) -> [UInt8] {
    var out: [UInt8] = []
    out.reserveCapacity(text.count)
    var i = 0
    while i < text.count {
      guard starts(text, at: i, with: Array("://".utf8)) else {
        out.append(text[i])
        i += 1
        continue
      }
      let start = i + 3
      var end = start
      while end < text.count, !isDelimiter(text[end]) { end += 1 }
      out += text[i..<start]
      if let at = text[start..<end].lastIndex(of: UInt8(ascii: "@")) {
        let colon = text[start..<at].firstIndex(of: UInt8(ascii: ":"))
        out += text[start..<(colon ?? at)]
        if colon != nil { out += [UInt8(ascii: ":")] + mark }
        i = at
      } else {
        i = start
      }
    }
    return out
  }

  /// `password=secret` and `password='it''s'` → `password=***`.
  private static func keywords(_ text: [UInt8]) -> [UInt8] {
    let key = Array("password".utf8)
    var out: [UInt8] = []
    var i = 0
    while i < text.count {
      guard starts(text, at: i, with: key) else {
        out.append(text[i])
        i += 1
        continue
      }
      var value = i + key.count
      while value < text.count, text[value] == UInt8(ascii: " ") { value += 1 }
      guard value < text.count, text[value] == UInt8(ascii: "=") else {
        out += key
        i += key.count
        continue
      }
      value += 1
      while value < text.count, text[value] == UInt8(ascii: " ") { value += 1 }
      out += key + [UInt8(ascii: "=")] + mark
      i = valueEnd(text, from: value)
    }
    return out
  }

  private static func valueEnd(_ text: [UInt8], from start: Int) -> Int {
    let quoted = start < text.count && text[start] == UInt8(ascii: "'")
    var i = quoted ? start + 1 : start
    while i < text.count {
      let byte = text[i]
      if byte == UInt8(ascii: "\\") {
        i += 2
        continue
      }
      if quoted ? byte == UInt8(ascii: "'") : isValueEnd(byte) { return quoted ? i + 1 : i }
      i += 1
    }
    return text.count
  }

  private static func isDelimiter(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "/"), UInt8(ascii: "?"), UInt8(ascii: "#"), UInt8(ascii: " "),
      UInt8(ascii: "\""), UInt8(ascii: "\n"), UInt8(ascii: "\t"):
      true
    default: false
    }
  }

  private static func isValueEnd(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: " ") || byte == UInt8(ascii: "&") || byte == UInt8(ascii: "\n")
      || byte == UInt8(ascii: "\"")
  }

  private static func starts(_ text: [UInt8], at i: Int, with part: [UInt8]) -> Bool {
    i + part.count <= text.count && text[i..<(i + part.count)].elementsEqual(part)
  }

  private static func contains(_ text: String.UTF8View, _ part: [UInt8]) -> Bool {
    var rest = text[...]
    while let found = rest.firstIndex(of: part[0]) {
      rest = rest[found...]
      if rest.starts(with: part) { return true }
      rest = rest.dropFirst()
    }
    return false
  }
}
