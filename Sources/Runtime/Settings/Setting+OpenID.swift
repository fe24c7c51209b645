import OpenID

/// The operator's settings for logins by a provider of OpenID Connect (API page, section 2), read when a process with the API
/// starts.
extension Setting where Value == String {
  /// The provider's issuer; empty for no such logins.
  package static let openIDIssuer = openIDText(
    "openid_issuer",
    "empty, or a URL https://… without query and fragment; http://localhost… for trying out",
    "issuer of the provider by which users log in, exactly as its documents name it; empty: none"
  ) { $0.isEmpty || OpenIDAddress.isIssuer($0) }
  /// What the provider calls this installation.
  package static let openIDClientID = openIDText(
    "openid_client_id", "text of at most 255 printable ASCII characters",
    "client id that the provider has given this installation"
  ) { $0.utf8.count <= 255 && $0.utf8.allSatisfy { (0x20...0x7E).contains($0) } }
  /// The provider's name on the login page.
  package static let openIDName = openIDText(
    "openid_name", "text of at most 60 characters without line breaks",
    "provider's name on the login page; empty: the issuer's host"
  ) { text in
    text.unicodeScalars.count <= 60
      && text.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
  }

  private static func openIDText(
    _ name: String, _ type: String, _ effect: String,
    accepts: @escaping @Sendable (String) -> Bool
  ) -> Setting<String> {
    Setting<String>(
      name: name, standard: "", type: type,
      effect: effect, isReadAtStart: true,
      read: { accepts($0) ? $0 : nil }, write: { $0 })
  }
}

extension Setting where Value == Bool {
  /// Whether users whom nobody knows yet are created.
  package static let openIDCreatesUsers = flag(
    "openid_create_users", false,
    effect:
      "whether whoever the provider lets in becomes a user", atStart: true)
  /// Whether a verified address leads to the user who has it.
  package static let openIDLinksByEmail = flag(
    "openid_link_by_email", true,
    effect:
      "whether an address that the provider has verified leads to the user who has it",
    atStart: true
  )
}

extension Setting where Value == Int {
  /// The role of created users.
  package static let openIDRole = whole(
    "openid_role", 2, 1...(1 << 50),
    effect:
      "id of the role of users whom a login creates, never an administrator's", atStart: true
  )
}
