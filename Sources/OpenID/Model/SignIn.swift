import Foundation
import Primitives
import Users

/// A sign-in under way, as the browser keeps it in a signed cookie until the provider's answer comes.
package struct SignIn: Sendable, Equatable {
  /// The seconds within which the answer must come.
  package static let seconds = 600
  /// The maximum number of bytes of ``returning``: browsers keep cookies of 4,096 bytes.
  package static let longestReturn = 2000

  /// Comes back with the provider's answer.
  package let state: String
  /// Comes back inside of the ID token.
  package let nonce: String
  /// Proves to the provider who asked for the code (PKCE, RFC 7636).
  package let verifier: String
  /// The instant at which it began, in seconds since 1970.
  package let begun: Int64
  /// The path on this server to go to afterwards; nil for a page that says that all is well.
  package let returning: String?

  /// Begins one.
  ///
  /// - Throws: ``OpenIDError/malformed(_:)`` for a path that could lead elsewhere.
  init(returning: String?, at now: Date) throws(OpenIDError) {
    if let returning, !Self.isPath(returning) {
      throw .malformed(
        "return must be a path on this server, of at most \(Self.longestReturn) bytes of ASCII")
    }
    state = SecretToken.make()
    nonce = SecretToken.make()
    verifier = SecretToken.make()
    begun = Int64(now.timeIntervalSince1970)
    self.returning = returning
  }

  /// Whether browsers take a text for a path on the server that they are at, and for nothing else.
  package static func isPath(_ text: String) -> Bool {
    text.utf8.count <= longestReturn && text.hasPrefix("/") && !text.hasPrefix("//")
      && text.utf8.allSatisfy { PercentCoding.printable.contains($0) && $0 != UInt8(ascii: "\\") }
  }

  // MARK: The cookie

  /// The sign-in in letters that cookies may have, to be signed.
  package var text: String {
    [
      state, nonce, verifier, String(begun),
      returning.map { Base64URL.encode(Array($0.utf8)) } ?? "",
    ].joined(separator: ".")
  }

  /// A sign-in from the text of one; nil for any other text.
  package init?(_ text: String) {
    guard text.utf8.count <= 3500 else { return nil }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 5, let begun = Int64(parts[3]), begun > 0,
      parts[..<3].allSatisfy({ $0.utf8.count == 43 })
    else { return nil }
    (state, nonce, verifier, self.begun) = (parts[0], parts[1], parts[2], begun)
    if parts[4].isEmpty {
      returning = nil
    } else {
      guard let bytes = Base64URL.decode(parts[4]) else { return nil }
      let path = String(decoding: bytes, as: UTF8.self)
      guard Self.isPath(path) else { return nil }
      returning = path
    }
  }

  /// Whether the answer may come at an instant. Another process may have begun it, whose clock is a little ahead.
  func isOpen(at now: Date) -> Bool {
    let age = Int64(now.timeIntervalSince1970) - begun
    return (-60...Int64(Self.seconds)).contains(age)
  }
}
