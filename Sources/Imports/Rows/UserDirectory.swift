/// The users that rows may name as owner or author.
struct UserDirectory: Sendable {
  /// A user as stored with a record.
  struct User: Sendable, Hashable {
    let id: Int64
    let username: String
    let email: String?
    let name: String
  }

  private var byName: [String: User] = [:]
  private var byID: [Int64: User] = [:]

  init(_ users: [User]) {
    for user in users {
      byID[user.id] = user
      byName[user.username.lowercased()] = user
    }
    // A user name takes precedence over an equal e-mail address.
    for user in users {
      guard let email = user.email?.lowercased(), byName[email] == nil else { continue }
      byName[email] = user
    }
  }

  /// Returns the user with a name or e-mail address, ignoring case, or else with an id.
  func find(_ text: String) -> User? {
    byName[text.lowercased()] ?? Int64(text).flatMap { byID[$0] }
  }
}
