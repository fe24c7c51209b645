import OpenID
import Runtime

extension Backends {
  /// The provider by which users log in.
  /// - Returns: What `martlet settings` says; nil where no issuer is set, and for one that must not be used.
  /// - Throws: The database's error.
  func openIDSettings() async throws -> OpenIDSettings? {
    let issuer = try await settings.value(.openIDIssuer)
    guard !issuer.isEmpty else { return nil }
    let client = try await settings.value(.openIDClientID)
    guard !client.isEmpty else {
      logger.error("nobody logs in by the provider: openid_client_id is not set")
      return nil
    }
    guard configuration.environment != .production || !OpenIDAddress.isLoopback(issuer) else {
      logger.error("nobody logs in by the provider: openid_issuer must be https in production")
      return nil
    }
    let name = try await settings.value(.openIDName)
    return OpenIDSettings(
      issuer: issuer, clientID: client, secret: configuration.openIDSecret,
      name: name.isEmpty ? OpenIDAddress.host(of: issuer) : name,
      createsUsers: try await settings.value(.openIDCreatesUsers),
      role: Int64(try await settings.value(.openIDRole)),
      linksByEmail: try await settings.value(.openIDLinksByEmail))
  }
}
