/// A text of a request in one line: without control characters, and cut to a length in bytes.
func line(_ text: some StringProtocol, upTo limit: Int) -> String {
  let isPlain = text.utf8.count <= limit && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
  if isPlain { return String(text) }
  var result = ""
  var size = 0
  for scalar in text.unicodeScalars where scalar.value >= 0x20 && scalar.value != 0x7F {
    size += UTF8.width(scalar)
    if size > limit { break }
    result.unicodeScalars.append(scalar)
  }
  return result
}

/// Writes texts as members of a JSON object, faster than an encoder for any value.
enum JSONLine {
  /// An object of texts; members keep their order.
  static func object(_ members: [(name: String, value: String)]) -> String {
    var bytes: [UInt8] = [UInt8(ascii: "{")]
    for (index, member) in members.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      append(member.name, to: &bytes)
      bytes.append(UInt8(ascii: ":"))
      append(member.value, to: &bytes)
    }
    bytes.append(UInt8(ascii: "}"))
    return String(decoding: bytes, as: UTF8.self)
  }

  private static func append(_ text: String, to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\""))
    for byte in text.utf8 where byte >= 0x20 {
      if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
        bytes.append(UInt8(ascii: "\\"))
      }
      bytes.append(byte)
    }
    bytes.append(UInt8(ascii: "\""))
  }
}
