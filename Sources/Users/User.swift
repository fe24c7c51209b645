package import Foundation

/// A person or a program that may log in.
package struct User: Sendable, Identifiable, Equatable {
  /// The user's id.
  package var id: Int64
  /// The name to log in with, unique without regard to case.
  package var username: String
  /// The address to log in with, unique without regard to case.
  package var email: String?
  /// The first name; may be empty.
  package var firstName: String
  /// The last name; may be empty.
  package var lastName: String
  /// What the user is in the company; messages in the user's name tell it.
  package var position: String?
  /// The signature of messages in the user's name, as HTML.
  package var signature: String?
  /// The time zone, such as `Europe/Paris`.
  package var timeZone: String?
  /// The language, such as `en_US`.
  package var locale: String?
  /// The user's role.
  package var role: Role
  /// Whether the user may log in.
  package var isPublished: Bool
  /// How often the password was changed; sessions and grants of another version are over.
  package var passwordVersion: Int64
  /// Whether the user has set up a second factor.
  package var hasSecondFactor: Bool
  /// The times and authors of creation and last change.
  package var dates: UserDates
  /// The beginning of the last time of activity: a login after half an hour without one.
  package var lastLogin: Date?
  /// The last time that the user's password was checked, at most a minute before the last request.
  package var lastActive: Date?

  /// What the user may do.
  package var rights: PermissionSet { role.rights }

  /// Whether the password alone proves nothing: the user has a second factor, or the role requires one.
  package var needsSecondFactor: Bool { hasSecondFactor || role.requiresTwoFactor }

  /// Whether the user has to set up a second factor before anything else.
  package var lacksSecondFactor: Bool { role.requiresTwoFactor && !hasSecondFactor }

  /// First and last name, or the user name where there are none; this is what records name as author.
  package var fullName: String {
    let name = [firstName, lastName].filter { !$0.isEmpty }.joined(separator: " ")
    return name.isEmpty ? username : name
  }

  /// The user as the author of a change.
  package var author: Author { Author(id: id, name: fullName) }
}

/// The author of a change, as records keep it: the name stays readable after the user was deleted.
package struct Author: Sendable, Hashable {
  /// The user's id; `nil` for the system itself.
  package var id: Int64?
  /// The name the user had.
  package var name: String?
  /// The address of the client whose request led to the change; `nil` where none did.
  package var address: String?

  package init(id: Int64?, name: String?, address: String? = nil) {
    self.id = id
    self.name = name
    self.address = address
  }

  /// The system itself.
  package static let system = Author(id: nil, name: nil)
  /// The operator at the command line.
  package static let commandLine = Author(id: nil, name: "Command line")
}

/// The short form of a user inside other records (api.md 4).
package struct UserReference: Sendable, Identifiable, Equatable {
  /// The user's id.
  package var id: Int64
  /// The name to log in with.
  package var username: String
  package var firstName: String
  package var lastName: String

  /// A reference with these members.
  package init(id: Int64, username: String, firstName: String, lastName: String) {
    self.id = id
    self.username = username
    self.firstName = firstName
    self.lastName = lastName
  }
}

/// The data of a new user.
package struct NewUser: Sendable {
  /// The name to log in with.
  package var username: String
  /// The other members.
  package var input = UserInput()

  /// A new user with these members.
  ///
  /// - Parameter role: The role's id.
  package init(
    username: String, email: String? = nil, firstName: String = "", lastName: String = "",
    role: Int64 = Role.users
  ) {
    self.username = username
    input.email = email
    input.firstName = firstName
    input.lastName = lastName
    input.role = role
  }

  /// A new user with what an input gives.
  package init(username: String, _ input: UserInput) {
    self.username = username
    self.input = input
  }
}

/// What is given of a user; what is nil stays as it is, `.some(nil)` clears a value.
package struct UserInput: Sendable, Equatable {
  package var email: String??
  package var firstName: String?
  package var lastName: String?
  package var position: String??
  package var signature: String??
  package var timeZone: String??
  package var locale: String??
  /// The id of the role.
  package var role: Int64?
  package var isPublished: Bool?

  /// An input that gives nothing.
  package init() {}
}
