package import Foundation
package import Primitives
package import Users

/// Whom a token stands for, and what it may do.
package struct TokenBearer: Sendable, Equatable {
  /// Who acts.
  package enum Actor: Sendable, Equatable {
    case user(User)
    /// A client for itself, with its role.
    case client(id: Int64, name: String, role: Role)
  }

  /// Who acts.
  package var actor: Actor
  /// What names the token among all: a token of a user, or what a client does for a user, however often its tokens are
  /// made anew.
  package var name: String
  /// What the token may do.
  package var rights: PermissionSet
  /// The networks from which it is taken; empty for any.
  package var networks: [IPNetwork] = []
  /// The time from which it is refused; nil for none.
  package var expires: Date?
}
