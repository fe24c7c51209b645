/// Bytes as pairs of hexadecimal digits.
package enum Hex {
  /// The value of a digit in either case; nil for another byte.
  @inlinable
  package static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }

  /// Appends a byte as two digits in lower case.
  @inlinable
  package static func append(_ byte: UInt8, to output: inout [UInt8]) {
    output.append(digit(of: byte >> 4, letters: 0x61))
    output.append(digit(of: byte & 15, letters: 0x61))
  }

  /// Appends a byte as two digits in upper case.
  @inlinable
  package static func appendUppercase(_ byte: UInt8, to output: inout [UInt8]) {
    output.append(digit(of: byte >> 4, letters: 0x41))
    output.append(digit(of: byte & 15, letters: 0x41))
  }

  /// The digits of bytes, in lower case.
  package static func encode(_ bytes: some Collection<UInt8>) -> String {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count * 2)
    for byte in bytes { append(byte, to: &output) }
    return String(decoding: output, as: UTF8.self)
  }

  /// The bytes that digits in either case stand for; nil for an odd number of digits, for anything else, and
  /// for a text of more than `limit` bytes.
  package static func decode(_ text: some StringProtocol, limit: Int = 4096) -> [UInt8]? {
    let source = Array(text.utf8)
    guard source.count % 2 == 0, source.count <= limit else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(source.count / 2)
    for index in stride(from: 0, to: source.count, by: 2) {
      guard let high = digit(source[index]), let low = digit(source[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  /// The digit of a value below 16; `letters` is the one for 10.
  @inlinable
  package static func digit(of value: UInt8, letters: UInt8) -> UInt8 {
    value < 10 ? 0x30 + value : letters + (value - 10)
  }
}
