import Users

/// The user on whose behalf a request is made.
struct Principal: Sendable, Equatable {
  var id: Int64
  var username: String
  var firstName = ""
  var lastName = ""
  var email = ""
  /// What the user may do.
  var rights = PermissionSet()
  /// The address that the request came from.
  var address: String?

  /// Whether the user may do everything.
  var isAdministrator: Bool { rights.isAdministrator }

  /// First and last name, or the user name where there is neither.
  var fullName: String {
    let name = [firstName, lastName].filter { !$0.isEmpty }.joined(separator: " ")
    return name.isEmpty ? username : name
  }

  /// The user as the author of a change.
  var author: Author { Author(id: id, name: fullName, address: address) }

  /// The user as one who changes users and roles.
  var userActor: UserActor { UserActor(author, rights: rights) }
}

extension Principal {
  init(_ user: User) {
    self.init(
      id: user.id, username: user.username, firstName: user.firstName, lastName: user.lastName,
      email: user.email ?? "", rights: user.rights)
  }
}
