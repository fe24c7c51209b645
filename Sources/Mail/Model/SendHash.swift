import CSodium
package import Foundation
import Primitives

/// The public id of a send: 128 random bits, written as 32 hexadecimal digits.
package enum SendHash {
  /// Returns new hashes.
  static func random(_ count: Int) -> [UUID] {
    var bytes = [UInt8](repeating: 0, count: count * 16)
    randombytes_buf(&bytes, bytes.count)
    return bytes.withUnsafeBytes { raw in
      (0..<count).map { UUID(uuid: raw.loadUnaligned(fromByteOffset: $0 * 16, as: uuid_t.self)) }
    }
  }

  package static func text(_ hash: UUID) -> String {
    withUnsafeBytes(of: hash.uuid) { Hex.encode($0) }
  }

  /// Parses a text; nil if it is not a hash.
  package static func parse(_ text: some StringProtocol) -> UUID? {
    guard let bytes = Hex.decode(text), bytes.count == 16 else { return nil }
    return bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
  }
}
