/// Base 32 (RFC 4648, 6), without padding: keys that people type.
package enum Base32 {
  private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".utf8)

  /// Encodes bytes.
  package static func encode(_ bytes: [UInt8]) -> String {
    var output: [UInt8] = []
    var (held, bits) = (0, 0)
    for byte in bytes {
      held = (held << 8 | Int(byte)) & 0xFFF
      bits += 8
      while bits >= 5 {
        bits -= 5
        output.append(letters[held >> bits & 31])
      }
    }
    if bits > 0 { output.append(letters[held << (5 - bits) & 31]) }
    return String(decoding: output, as: UTF8.self)
  }
}
