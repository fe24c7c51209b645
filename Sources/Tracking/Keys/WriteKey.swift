package import Foundation

/// A key with which apps, websites or servers send messages (tracking.md 20).
package struct WriteKey: Sendable, Identifiable, Equatable {
  package var id: Int64
  /// What it is for, in the operator's words.
  package var name: String
  /// Whether a server keeps it: then its messages may change any field. Keys of browsers and apps are public.
  package var isServer: Bool
  /// The origins of websites that may use it, with `*` for any characters; empty for any client.
  package var origins: [String]
  package var dateAdded: Date
  /// The instant from which it is refused; nil for a key in use.
  package var revokedAt: Date?
}

/// The write keys in use, read again after a second.
package struct WriteKeys: Sendable {
  let recent: Recent<[String: WriteKey]>

  /// Returns the key in use that a sender names; nil if there is none.
  ///
  /// - Throws: An error if the keys were never read and the database is away.
  package func find(_ secret: String) async throws -> WriteKey? {
    guard secret.utf8.count <= 200 else { return nil }
    return try await recent.current()[try WriteKeyStore.hash(secret)]
  }
}
