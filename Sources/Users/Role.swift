package import Foundation

/// What a group of users may do.
package struct Role: Sendable, Identifiable, Equatable {
  /// The role's id.
  package var id: Int64
  /// The name, 1 to 191 characters.
  package var name: String
  /// The description.
  package var description: String?
  /// Whether the role gives its permissions; those of an unpublished one are nothing.
  package var isPublished: Bool
  /// What it permits.
  package var permissions: PermissionSet
  /// Whether its users log in with a second factor, and do nothing before they have one.
  package var requiresTwoFactor: Bool
  /// The times and authors of creation and last change.
  package var dates: UserDates

  /// The role that a new system gives its administrators.
  package static let administrators: Int64 = 1
  /// The role of all others: everything but the operation, the definitions of fields, users and roles.
  package static let users: Int64 = 2

  /// What users with this role may do.
  package var rights: PermissionSet { isPublished ? permissions : PermissionSet() }
}

/// The times and authors of the creation and the last change of a user or a role.
package struct UserDates: Sendable, Equatable {
  /// The time of creation.
  package var added: Date
  /// The time of the last change; nil before the first.
  package var modified: Date?
  /// The author of the creation.
  package var createdBy: Author
  /// The author of the last change.
  package var modifiedBy: Author
}

/// What is given of a role; what is nil stays as it is.
package struct RoleInput: Sendable, Equatable {
  package var name: String?
  /// The description; `.some(nil)` clears it.
  package var description: String??
  package var isPublished: Bool?
  package var isAdministrator: Bool?
  package var requiresTwoFactor: Bool?
  /// The levels of each area.
  package var grants: [String: [String]]?

  /// An input that gives nothing.
  package init() {}
}

/// Who changes users and roles, and what he may give.
package struct UserActor: Sendable, Equatable {
  /// The author of the changes.
  package var author: Author
  /// What the author may do.
  package var rights: PermissionSet

  /// An actor with these rights.
  package init(_ author: Author, rights: PermissionSet) {
    self.author = author
    self.rights = rights
  }

  /// The operator at the command line.
  package static let commandLine = UserActor(
    .commandLine, rights: .administrator)
}
