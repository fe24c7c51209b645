package import Users

/// An application that acts for users who approve of it, or for itself with a role.
package struct OAuthClient: Sendable, Identifiable, Equatable {
  /// The client's id.
  package var id: Int64
  /// The random part of ``publicID``.
  var randomID: String
  /// What users are told of it, and the name that stands in what it changes by itself.
  package var name: String
  /// The secret, right after the creation alone; nil later, and for a client without one.
  package var secret: String?
  /// Whether it has a secret; a client on a telephone or in a browser can keep none, and proves itself by PKCE.
  package var isConfidential: Bool
  /// Where answers to authorization requests may go.
  package var redirectURIs: [RedirectURI]
  /// How it may come to tokens.
  package var grants: [GrantType]
  /// The id of the role with which it acts for itself; nil where it does not.
  package var role: Int64?
  /// The role's name.
  package var roleName: String?
  /// Whether it may do anything at all.
  package var isPublished: Bool
  /// The times and authors of creation and last change.
  package var dates: UserDates

  /// The `client_id` of requests: `NUMBER_RANDOM`.
  package var publicID: String { "\(id)_\(randomID)" }

  /// Whether it may come to tokens so.
  package func mayUse(_ grant: GrantType) -> Bool { isPublished && grants.contains(grant) }
}

/// What is given of a client; what is nil stays as it is.
package struct ClientInput: Sendable, Equatable {
  package var name: String?
  /// Whether it has a secret; a client keeps what it was created with.
  package var isConfidential: Bool?
  package var redirectURIs: [String]?
  /// Words of ``GrantType``.
  package var grants: [String]?
  /// The id of a role; `.some(nil)` takes it away.
  package var role: Int64??
  package var isPublished: Bool?

  /// An input that gives nothing.
  package init() {}
}
