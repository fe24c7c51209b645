import CSodium
package import Foundation

/// The name of a send to the outside: 128 random bits, written as 32 hexadecimal digits.
package enum SendHash {
  /// New ones.
  static func random(_ count: Int) -> [UUID] {
    var bytes = [UInt8](repeating: 0, count: count * 16)
    randombytes_buf(&bytes, bytes.count)
    return bytes.withUnsafeBytes { raw in
      (0..<count).map { UUID(uuid: raw.loadUnaligned(fromByteOffset: $0 * 16, as: uuid_t.self)) }
    }
  }

  package static func text(_ hash: UUID) -> String {
    withUnsafeBytes(of: hash.uuid) { HexText.encode($0) }
  }

  /// Reads a text; nil where it is none.
  package static func parse(_ text: some StringProtocol) -> UUID? {
    guard let bytes = HexText.decode(text), bytes.count == 16 else { return nil }
    return bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
  }
}

/// Bytes as pairs of hexadecimal digits.
enum HexText {
  private static let digits = Array("0123456789abcdef".utf8)

  static func encode(_ bytes: some Collection<UInt8>) -> String {
    var text: [UInt8] = []
    text.reserveCapacity(bytes.count * 2)
    for byte in bytes {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return String(decoding: text, as: UTF8.self)
  }

  static func decode(_ text: some StringProtocol) -> [UInt8]? {
    let source = Array(text.utf8)
    guard source.count % 2 == 0, source.count <= 4096 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(source.count / 2)
    for index in stride(from: 0, to: source.count, by: 2) {
      guard let high = value(source[index]), let low = value(source[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    return bytes
  }

  private static func value(_ digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}
