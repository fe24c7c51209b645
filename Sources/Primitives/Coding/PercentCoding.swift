/// Percent encoding of paths, queries and forms.
package enum PercentCoding {
  /// Letters, digits and `-._~`: what a URL holds as it is everywhere (RFC 3986, 2.3).
  package static let unreserved = ASCIISet(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

  /// Printable ASCII without the blank.
  package static let printable = ASCIISet(
    """
    !"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~
    """)

  /// Bytes as text, those outside of a set as `%` and two digits in upper case.
  package static func encode(_ bytes: some Sequence<UInt8>, keeping plain: ASCIISet) -> String {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.underestimatedCount)
    for byte in bytes {
      if plain.contains(byte) {
        output.append(byte)
      } else {
        output.append(UInt8(ascii: "%"))
        Hex.appendUppercase(byte, to: &output)
      }
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// Decodes `%41` and, where told, `+`. A `%` that two digits do not follow stays as it is, as in
  /// PHP; bytes that are not UTF-8 become the replacement character.
  package static func decode(_ bytes: some Collection<UInt8>, plusIsBlank: Bool) -> String {
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
    guard second != bytes.endIndex, let high = Hex.digit(bytes[index]),
      let low = Hex.digit(bytes[second])
    else { return nil }
    return (high << 4 | low, bytes.index(after: second))
  }
}
