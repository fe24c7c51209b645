/// The error of adding or changing a user or a role. Nothing was changed.
package enum UserError: Error, Sendable, Equatable, CustomStringConvertible {
  /// The user name is empty or longer than 191 characters.
  case invalidUsername
  /// The password is empty or longer than 1,024 bytes.
  case invalidPassword
  /// A member breaks a rule.
  case invalid(member: String, rule: String)
  /// Another user has this user name, or logs in with it as an address.
  case usernameTaken
  /// Another user has this address, or logs in with it as a name.
  case emailTaken
  /// There is no such user.
  case notFound
  /// There is no role with this id.
  case unknownRole(Int64)
  /// It would leave nobody who may do everything.
  case lastAdministrator
  /// A user deletes himself.
  case ownAccount
  /// It gives, or takes from somebody, what the author may not do himself.
  case exceedsOwnRights
  /// A session begins with the password of a user who has a second factor, which was not proven.
  case secondFactorMissing
  /// The role to delete is the role of users.
  case roleInUse(name: String, users: Int)

  /// The member of an input that is at fault; nil where none is.
  package var member: String? {
    switch self {
    case .invalidUsername, .usernameTaken: "username"
    case .invalidPassword: "plainPassword"
    case .emailTaken: "email"
    case .unknownRole: "role"
    case .invalid(let member, _): member
    default: nil
    }
  }

  /// The error in words.
  package var description: String {
    switch self {
    case .invalidUsername: "a user name has 1 to 191 characters"
    case .invalidPassword: "a password has 1 to 1024 bytes"
    case .invalid(let member, let rule): "\(member): \(rule)"
    case .usernameTaken: "the user name is taken"
    case .emailTaken: "the e-mail address is taken"
    case .notFound: "there is no such user"
    case .unknownRole(let id): "there is no role \(id)"
    case .lastAdministrator: "somebody must stay who may log in and do everything"
    case .ownAccount: "nobody deletes himself"
    case .exceedsOwnRights: "nobody gives or changes rights that he does not have"
    case .secondFactorMissing: "the second factor is missing"
    case .roleInUse(let name, let users):
      "the role \(name) is that of \(users == 1 ? "a user" : "\(users) users")"
    }
  }
}
