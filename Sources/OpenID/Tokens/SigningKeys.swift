import Foundation
import Primitives

/// The public keys of a provider (RFC 7517, 5).
struct SigningKeys: Sendable, Equatable {
  /// The maximum number of keys, those that are not for us among them.
  static let maximumCount = 100

  let keys: [SigningKey]

  /// Reads a provider's document.
  ///
  /// - Throws: ``OpenIDError/invalid(_:)``.
  init(_ document: JSONValue) throws(OpenIDError) {
    guard case .array(let listed)? = document["keys"] else {
      throw .invalid("the document with the keys has none")
    }
    guard listed.count <= Self.maximumCount else {
      throw .invalid("the provider has \(listed.count) keys of at most \(Self.maximumCount)")
    }
    keys = listed.compactMap(SigningKey.init)
  }

  /// The key for a token; nil where there is none, or where a token without a name could mean several.
  func key(for token: SignedToken) -> SigningKey? {
    let fitting = keys.filter {
      $0.fits(token.algorithm) && (token.keyID == nil || $0.id == token.keyID)
    }
    return fitting.count == 1 ? fitting.first : nil
  }
}
