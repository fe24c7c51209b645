import Primitives

extension JSONParser {
  /// Parses a string; the current byte is its opening quote.
  mutating func string() throws(JSONSyntaxError) -> String {
    position += 1
    let start = position
    // Most strings hold no escape: they are found in one run and copied once.
    while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 {
      position += 1
    }
    var content = Array(bytes[start..<position])
    while true {
      guard let byte = current else { throw problem("string without an end") }
      if byte == UInt8(ascii: "\"") { break }
      guard byte >= 0x20 else { throw problem("control character in a string") }
      position += 1
      if byte == UInt8(ascii: "\\") {
        try escape(into: &content)
      } else {
        content.append(byte)
      }
    }
    guard let text = String(validating: content, as: UTF8.self) else {
      throw problem("string is not UTF-8")
    }
    position += 1
    return text
  }

  private mutating func escape(into content: inout [UInt8]) throws(JSONSyntaxError) {
    guard let byte = current else { throw problem("string without an end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
    case UInt8(ascii: "b"): content.append(0x08)
    case UInt8(ascii: "f"): content.append(0x0C)
    case UInt8(ascii: "n"): content.append(0x0A)
    case UInt8(ascii: "r"): content.append(0x0D)
    case UInt8(ascii: "t"): content.append(0x09)
    case UInt8(ascii: "u"): content.append(contentsOf: Array(String(try scalar()).utf8))
    default: throw problem("unknown escape")
    }
  }

  /// The character of a `\u` escape, of a pair of them where it takes two. Half a pair alone has
  /// no meaning in UTF-8 and becomes the replacement character, as PHP's substitution does.
  private mutating func scalar() throws(JSONSyntaxError) -> Character {
    let first = try hexUnit()
    if let scalar = Unicode.Scalar(first) { return Character(scalar) }
    let afterFirst = position
    if first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
      let second = try hexUnit()
      if (0xDC00..<0xE000).contains(second),
        let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
      {
        return Character(scalar)
      }
    }
    position = afterFirst
    return "\u{FFFD}"
  }

  private mutating func hexUnit() throws(JSONSyntaxError) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = current, let digit = Hex.digit(byte) else {
        throw problem("\\u needs four hexadecimal digits")
      }
      unit = unit << 4 | UInt32(digit)
      position += 1
    }
    return unit
  }

  /// Parses a number. A whole one that fits is an `int`, everything else a `double`.
  mutating func number() throws(JSONSyntaxError) -> JSONValue {
    let start = position
    _ = take(UInt8(ascii: "-"))
    let firstDigit = position
    try digits()
    if bytes[firstDigit] == UInt8(ascii: "0"), position > firstDigit + 1 {
      throw problem("number with a leading zero")
    }
    var isWhole = true
    if take(UInt8(ascii: ".")) {
      isWhole = false
      try digits()
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      isWhole = false
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      try digits()
    }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if isWhole, let whole = Int(text) { return .int(whole) }
    guard let number = Double(text), number.isFinite else { throw problem("number out of range") }
    return .double(number)
  }

  private mutating func digits() throws(JSONSyntaxError) {
    let start = position
    while let byte = current, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
    guard position > start else { throw problem("unexpected character") }
  }
}
