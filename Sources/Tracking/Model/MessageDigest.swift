package import Foundation
import Primitives

/// Hashes of keys and of the ids of messages.
package enum MessageDigest {
  /// The error of a libcrypto without the algorithm.
  struct Missing: Error, CustomStringConvertible {
    let description = "libcrypto offers no SHA-256"
  }

  /// The hash of a text, in hexadecimal.
  static func sha256(_ text: String) throws -> String {
    guard let digest = Digest(.sha256) else { throw Missing() }
    digest.update(Array(text.utf8))
    return digest.finish()
  }

  /// The id by which a message counts once: the sender's own where it is a UUID, else one made of it and the sender.
  ///
  /// - Parameters:
  ///   - id: The `messageId`; nil where the sender gives none: then each message is one of its own.
  ///   - key: The write key's id; ids of two senders never meet.
  package static func id(of id: String?, key: Int64) throws -> UUID {
    guard let id, !id.isEmpty else { return UUID() }
    if let id = UUID(uuidString: id) { return id }
    let hash = Array(try sha256("\(key):\(id)").prefix(32))
    let parts = [0..<8, 8..<12, 12..<16, 16..<20, 20..<32].map { String(hash[$0]) }
    return UUID(uuidString: parts.joined(separator: "-")) ?? UUID()
  }
}
