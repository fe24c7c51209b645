/// The users that rows may name as owner or author.
struct UserDirectory: Sendable {
  /// A user as it is written beside a record.
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
    // A user name goes before an e-mail address that happens to be equal to it.
    for user in users {
      guard let email = user.email?.lowercased(), byName[email] == nil else { continue }
      byName[email] = user
    }
  }

  /// The user of a name or e-mail address, letter case aside, or else of an id.
  func find(_ text: String) -> User? {
    byName[text.lowercased()] ?? Int64(text).flatMap { byID[$0] }
  }
}
