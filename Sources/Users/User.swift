package import Foundation

/// The role of a user.
package enum UserRole: String, Sendable, Codable, CaseIterable {
  /// Everything.
  case admin
  /// The permissions of a plain user.
  case user
}

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
  /// The user's role.
  package var role: UserRole
  /// Whether the user may log in.
  package var isPublished: Bool
  /// The time of creation.
  package var dateAdded: Date
  /// The time of the last change.
  package var dateModified: Date?

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

  package init(id: Int64?, name: String?) {
    self.id = id
    self.name = name
  }

  /// The system itself.
  package static let system = Author(id: nil, name: nil)
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
  /// The address to log in with.
  package var email: String?
  package var firstName: String
  package var lastName: String
  /// The user's role.
  package var role: UserRole

  /// A new user with these members.
  package init(
    username: String, email: String? = nil, firstName: String = "", lastName: String = "",
    role: UserRole = .user
  ) {
    self.username = username
    self.email = email
    self.firstName = firstName
    self.lastName = lastName
    self.role = role
  }
}

/// The error of adding or changing a user.
package enum UserError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The user name is empty or longer than 191 characters.
  case invalidUsername
  /// The password is empty or longer than 1,024 bytes.
  case invalidPassword
  /// Another user has this user name.
  case usernameTaken
  /// Another user has this address.
  case emailTaken
  /// There is no such user.
  case notFound

  /// The error in words.
  package var description: String {
    switch self {
    case .invalidUsername: "a user name has 1 to 191 characters"
    case .invalidPassword: "a password has 1 to 1024 bytes"
    case .usernameTaken: "the user name is taken"
    case .emailTaken: "the e-mail address is taken"
    case .notFound: "there is no such user"
    }
  }
}
