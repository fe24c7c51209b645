import HTTPTypes
import OAuth
import Primitives

/// Proves which client sends a request: by a Basic header, or by `client_id` and `client_secret` among the parameters.
struct ClientLogin: Sendable {
  let clients: ClientStore
  let access: AccessControl

  /// The client of a request.
  ///
  /// - Throws: ``OAuthError``; `APIError` 429 past the limit of guesses.
  func client(_ parameters: OAuthParameters, _ request: APIRequest) async throws -> OAuthClient {
    var (id, secret) = (parameters["client_id"], parameters["client_secret"])
    if let header = request.headers[.authorization], header.lowercased().hasPrefix("basic ") {
      let given = try Self.decoded(header)
      guard id == nil || id == given.id else {
        throw OAuthError(.invalidRequest, "client_id and the Authorization header differ")
      }
      (id, secret) = (given.id, given.secret)
    }
    guard let id else { throw OAuthError(.invalidClient, "client_id is missing") }
    let attempt = access.attempt(at: "client \(id)", from: request.remoteAddress)
    try await attempt.begin()
    do {
      if let client = try await clients.authenticate(publicID: id, secret: secret) {
        await attempt.forget()
        return client
      }
    } catch {
      await attempt.forget()
      throw error
    }
    throw OAuthError(.invalidClient, "The client credentials are invalid")
  }

  /// Id and secret of a Basic header, which are encoded as in a form (RFC 6749, 2.3.1).
  private static func decoded(_ header: String) throws -> (id: String, secret: String) {
    do {
      let (name, password) = try AccessControl.credentials(header)
      return (
        PercentCoding.decode(name.utf8, plusIsBlank: true),
        PercentCoding.decode(password.utf8, plusIsBlank: true)
      )
    } catch {
      throw OAuthError(.invalidClient, "The Authorization header cannot be read")
    }
  }
}
