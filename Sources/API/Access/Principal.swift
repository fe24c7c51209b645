package import Users

/// The user on whose behalf a request is made, or a client of OAuth that acts for itself.
package struct Principal: Sendable, Equatable {
  /// The user's id. That of a client is minus its own id: it belongs to nobody, owns no records, and tells clients apart.
  package var id: Int64
  /// The name to log in with; that of a client for a client.
  package var username: String
  /// The first name; empty for none.
  package var firstName = ""
  /// The last name; empty for none.
  package var lastName = ""
  /// The e-mail address; empty for none.
  package var email = ""
  /// What the user may do.
  package var rights = PermissionSet()
  /// The version of the password that the user has.
  var passwordVersion: Int64 = 0
  /// Whether the password alone proves nothing (``User/needsSecondFactor``).
  var needsSecondFactor = false
  /// Whether a token proved the request, and no password.
  var isByToken = false
  /// Whether the token may do less than its user.
  var isNarrowed = false
  /// What names the token among all, to count its requests; nil without one.
  var token: String?
  /// The role of a client; nil for a user.
  var clientRole: Role?
  /// The session of a browser by which the user is known; nil where a password or a token proved the request.
  package var session: UserSession?
  /// The address that the request came from.
  var address: String?

  /// Whether the user may do everything.
  package var isAdministrator: Bool { rights.isAdministrator }

  /// The user's id as records keep it; nil for a client.
  var userID: Int64? { id > 0 ? id : nil }

  /// First and last name, or the user name where there is neither.
  package var fullName: String {
    let name = [firstName, lastName].filter { !$0.isEmpty }.joined(separator: " ")
    return name.isEmpty ? username : name
  }

  /// The user as the author of a change.
  var author: Author { Author(id: userID, name: fullName, address: address) }

  /// The user as one who changes users and roles.
  var userActor: UserActor { UserActor(author, rights: rights) }
}

extension Principal {
  /// The user of a browser's session.
  init(_ session: UserSession) {
    self.init(session.user)
    self.session = session
  }

  init(_ user: User) {
    self.init(
      id: user.id, username: user.username, firstName: user.firstName, lastName: user.lastName,
      email: user.email ?? "", rights: user.rights, passwordVersion: user.passwordVersion,
      needsSecondFactor: user.needsSecondFactor)
  }
}
