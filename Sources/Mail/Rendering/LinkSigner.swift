import CSodium
package import Foundation
import Primitives

/// Signs what comes back in links (EML-350, EML-401), with the site's secret.
package struct LinkSigner: Sendable {
  private let key: [UInt8]

  /// Creates a signer with a secret.
  package init(secret: String) {
    precondition(sodium_init() >= 0, "libsodium cannot be initialized")
    key = Array(secret.utf8)
  }

  private func mac(_ message: [UInt8]) -> [UInt8] {
    var state = crypto_auth_hmacsha256_state()
    var output = [UInt8](repeating: 0, count: Int(crypto_auth_hmacsha256_bytes()))
    crypto_auth_hmacsha256_init(&state, key, key.count)
    crypto_auth_hmacsha256_update(&state, message, UInt64(message.count))
    crypto_auth_hmacsha256_final(&state, &output)
    return output
  }

  /// Returns the digest of an address in unsubscribe links, which makes them work without the send.
  package func digest(ofAddress address: String) -> String {
    Hex.encode(mac(Array("address:\(address.lowercased())".utf8)))
  }

  /// Whether a digest belongs to an address.
  package func isDigest(_ digest: String, ofAddress address: String) -> Bool {
    Self.isEqual(Array(digest.lowercased().utf8), Array(self.digest(ofAddress: address).utf8))
  }

  /// Returns the signed reference to a send and its contact in tracked links.
  package func clickthrough(_ hash: UUID, contact: Int64) -> String {
    var bytes: [UInt8] = [1]
    withUnsafeBytes(of: hash.uuid) { bytes.append(contentsOf: $0) }
    withUnsafeBytes(of: contact.bigEndian) { bytes.append(contentsOf: $0) }
    bytes += mac(Array("click:".utf8) + bytes).prefix(16)
    return Base64URL.encode(bytes)
  }

  /// Returns the key of the link that nobody sees, which looks like those of links (EML-364).
  func trapKey(_ hash: UUID) -> String {
    var bytes = Array("trap:".utf8)
    withUnsafeBytes(of: hash.uuid) { bytes.append(contentsOf: $0) }
    return Hex.encode(mac(bytes).prefix(12))
  }

  /// Reads a reference; nil if it is broken or forged (EML-354).
  package func openClickthrough(_ text: String) -> (hash: UUID, contact: Int64)? {
    guard text.utf8.count <= 100, let bytes = Base64URL.decode(text), bytes.count == 41,
      bytes[0] == 1
    else { return nil }
    let body = Array(bytes[..<25])
    guard
      Self.isEqual(Array(bytes[25...]), Array(mac(Array("click:".utf8) + body).prefix(16)))
    else { return nil }
    return body.withUnsafeBytes { raw in
      let contact = Int64(bigEndian: raw.loadUnaligned(fromByteOffset: 17, as: Int64.self))
      return (UUID(uuid: raw.loadUnaligned(fromByteOffset: 1, as: uuid_t.self)), contact)
    }
  }

  /// Returns a token that ties a form to the page that showed it (EML-405).
  package func formToken(_ subject: String) -> String {
    Hex.encode(mac(Array("form:\(subject)".utf8)))
  }

  /// Whether a token belongs to the form about a subject.
  package func isFormToken(_ token: String, _ subject: String) -> Bool {
    Self.isEqual(Array(token.lowercased().utf8), Array(formToken(subject).utf8))
  }

  /// Compares in constant time.
  private static func isEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    a.count == b.count && sodium_memcmp(a, b, a.count) == 0
  }
}
