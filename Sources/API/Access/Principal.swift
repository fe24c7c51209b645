/// The user on whose behalf a request is made.
struct Principal: Sendable, Equatable {
  var id: Int64
  var username: String
  var firstName: String
  var lastName: String
  var email: String
  var isAdministrator: Bool

  /// First and last name, or the user name where there is neither.
  var fullName: String {
    let name = [firstName, lastName].filter { !$0.isEmpty }.joined(separator: " ")
    return name.isEmpty ? username : name
  }
}
