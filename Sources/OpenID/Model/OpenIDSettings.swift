/// The provider by which users log in, as the operator has set it up.
package struct OpenIDSettings: Sendable {
  /// The provider's issuer, exactly as its documents and tokens name it.
  package var issuer: String
  /// What the provider calls this installation.
  package var clientID: String
  /// The secret that goes with it; nil for a public client, which PKCE alone protects.
  package var secret: String?
  /// What users read on the link that leads to the provider.
  package var name: String
  /// Whether a user whom nobody knows yet is created.
  package var createsUsers: Bool
  /// The id of the role of created users; an administrator's is refused.
  package var role: Int64
  /// Whether a verified address leads to the user who has it.
  package var linksByEmail: Bool
  /// What the provider may cost.
  package var limits = ProviderLimits()

  /// A provider with these values.
  package init(
    issuer: String, clientID: String, secret: String? = nil, name: String,
    createsUsers: Bool = false, role: Int64, linksByEmail: Bool = true
  ) {
    self.issuer = issuer
    self.clientID = clientID
    self.secret = secret
    self.name = name
    self.createsUsers = createsUsers
    self.role = role
    self.linksByEmail = linksByEmail
  }
}
