/// Percent encoding of paths, queries and forms.
enum PercentCoding {
  /// The value of a hexadecimal digit; nil for another byte.
  static func hexDigit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// Decodes `%41` and, where told, `+`. A `%` that two digits do not follow stays as it is, as in
  /// PHP; bytes that are not UTF-8 become the replacement character.
  static func decode(_ bytes: some Collection<UInt8>, plusIsBlank: Bool) -> String {
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var index = bytes.startIndex
    while index != bytes.endIndex {
      let byte = bytes[index]
      let next = bytes.index(after: index)
      if byte == UInt8(ascii: "%"), let (value, after) = escape(in: bytes, at: next) {
        decoded.append(value)
        index = after
      } else {
        decoded.append(byte == UInt8(ascii: "+") && plusIsBlank ? 0x20 : byte)
        index = next
      }
    }
    return String(decoding: decoded, as: UTF8.self)
  }

  private static func escape<Bytes: Collection<UInt8>>(
    in bytes: Bytes, at index: Bytes.Index
  ) -> (value: UInt8, after: Bytes.Index)? {
    guard index != bytes.endIndex else { return nil }
    let second = bytes.index(after: index)
    guard second != bytes.endIndex, let high = hexDigit(bytes[index]),
      let low = hexDigit(bytes[second])
    else { return nil }
    return (high << 4 | low, bytes.index(after: second))
  }
}
