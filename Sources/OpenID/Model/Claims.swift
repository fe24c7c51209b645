import Primitives

/// What a provider says of a user.
package struct Claims: Sendable, Equatable {
  /// The user's id at the provider, which never becomes another one's: 1 to 255 printable characters.
  package var subject: String
  /// The address that the provider has verified; nil for none.
  package var verifiedEmail: String?
  /// The name that the user logs in with there; nil for one that could be taken for an address.
  package var username: String?
  /// The first name; may be empty.
  package var firstName = ""
  /// The last name, or the whole one where there are no parts; may be empty.
  package var lastName = ""

  /// Claims of a subject alone.
  package init(subject: String) { self.subject = subject }

  /// Reads the members of an ID token, or of an answer of the endpoint for user info.
  ///
  /// What is no text, or too long for a user, counts as missing.
  init(_ members: JSONValue) throws(OpenIDError) {
    // As it is: two subjects never become one.
    guard case .string(let subject)? = members["sub"], Self.isSubject(subject) else {
      throw .invalid("sub must have 1 to 255 printable characters")
    }
    self.subject = subject
    // Some providers send the truth value as a text.
    let isVerified =
      members["email_verified"] == .boolean(true) || members["email_verified"] == .string("true")
    if isVerified, let email = Self.text(members["email"], most: 254), email.contains("@"),
      members["email"] == .string(email)
    {
      verifiedEmail = email
    }
    username = Self.text(members["preferred_username"], most: 191).flatMap {
      $0.contains("@") ? nil : $0
    }
    firstName = Self.text(members["given_name"], most: 191) ?? ""
    lastName = Self.text(members["family_name"], most: 191) ?? ""
    if firstName.isEmpty, lastName.isEmpty {
      lastName = Self.text(members["name"], most: 191) ?? ""
    }
  }

  /// Whether a text can be a subject.
  static func isSubject(_ text: String) -> Bool {
    (1...255).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
  }

  /// The claims with what others say of the same subject where these are silent.
  func completed(by others: Claims) -> Claims {
    var claims = self
    claims.verifiedEmail = verifiedEmail ?? others.verifiedEmail
    claims.username = username ?? others.username
    if firstName.isEmpty, lastName.isEmpty {
      (claims.firstName, claims.lastName) = (others.firstName, others.lastName)
    }
    return claims
  }

  private static func text(_ value: JSONValue?, most limit: Int) -> String? {
    guard case .string(let given)? = value, given.utf8.count <= 4 * limit else { return nil }
    let text = given.trimmingBlanks()
    let isPlain = text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
    return isPlain && (1...limit).contains(text.unicodeScalars.count) ? text : nil
  }
}
