package import Foundation
package import Primitives

/// A token with which a program acts for one user, until it is revoked or expires.
package struct APIToken: Sendable, Identifiable {
  /// The token's id.
  package var id: Int64
  /// The id and the name of the user for whom it acts.
  package var user: (id: Int64, name: String)
  /// What it is for, in the user's words.
  package var name: String
  /// Its first characters, by which its owner knows it again.
  package var prefix: String
  /// The token itself, right after its making alone.
  package var secret: String?
  /// What it may do of what its user may.
  package var scope: TokenScope
  /// The networks from which it is taken; empty for any.
  package var networks: [IPNetwork]
  /// The time of its making.
  package var added: Date
  /// The time from which it is refused; nil for none.
  package var expires: Date?
  /// The time of its last use, exact to a minute.
  package var lastUsed: Date?
  /// The time from which it is refused because somebody revoked it.
  package var revoked: Date?

  /// How all tokens of users begin; those of OAuth do not.
  package static let beginning = "mlt_"
}

/// What is given of a new token.
package struct APITokenInput: Sendable {
  package var name: String
  /// `read` alone, or permissions; nil for everything.
  package var scope: [String]?
  /// Addresses and networks such as `192.0.2.0/24`; empty for any.
  package var networks: [String] = []
  /// The time from which it is refused; nil for none.
  package var expires: Date?

  /// A token that may do everything.
  package init(name: String) { self.name = name }
}
