import OAuth
import Primitives

/// What a client asks a user for, checked (RFC 6749, 4.1.1).
struct AuthorizationRequest: Sendable {
  /// The parameters, in the order in which our pages pass them on.
  private static let names = [
    "client_id", "redirect_uri", "response_type", "state", "scope", "code_challenge",
    "code_challenge_method",
  ]
  private static let maximumState = 2000

  let client: OAuthClient
  let redirectURI: RedirectURI
  /// Whether the request named the address.
  let namesAddress: Bool
  let state: String?
  /// The parameters as they were sent.
  let fields: [(name: String, value: String)]
  /// The challenge of the code's exchange, or what the client is refused for, at its own address.
  let proof: Result<ProofKey?, OAuthError>

  /// Reads a request.
  ///
  /// - Throws: ``OAuthError`` for a client or an address that is not known: the user is told of it, and sent nowhere.
  init(_ parameters: OAuthParameters, clients: ClientStore) async throws {
    let id = try parameters.required("client_id")
    guard let client = try await clients.find(publicID: id), client.isPublished else {
      throw OAuthError(.invalidClient, "The client is not known.")
    }
    self.client = client
    let named = parameters["redirect_uri"]
    if let named {
      let found = client.redirectURIs.first { $0.description.utf8.elementsEqual(named.utf8) }
      guard let found else {
        throw OAuthError(
          .invalidRequest, "The redirect_uri is none of those that the client has registered.")
      }
      redirectURI = found
    } else {
      guard client.redirectURIs.count == 1, let only = client.redirectURIs.first else {
        throw OAuthError(.invalidRequest, "redirect_uri is missing")
      }
      redirectURI = only
    }
    namesAddress = named != nil
    state = parameters["state"]
    guard state?.utf8.count ?? 0 <= Self.maximumState else {
      throw OAuthError(.invalidRequest, "state has more than \(Self.maximumState) bytes")
    }
    fields = Self.names.compactMap { name in parameters[name].map { (name, $0) } }
    do {
      proof = .success(try Self.proof(parameters, client))
    } catch {
      proof = .failure(error)
    }
  }

  private static func proof(
    _ parameters: OAuthParameters, _ client: OAuthClient
  ) throws(OAuthError) -> ProofKey? {
    guard try parameters.required("response_type") == "code" else {
      throw OAuthError(.unsupportedResponseType, "response_type must be code")
    }
    guard client.mayUse(.authorizationCode) else {
      throw OAuthError(
        .unauthorizedClient, "The client may not use the grant authorization_code")
    }
    if let challenge = parameters["code_challenge"] {
      return try ProofKey(challenge: challenge, method: parameters["code_challenge_method"])
    }
    guard client.isConfidential, parameters["code_challenge_method"] == nil else {
      throw OAuthError(.invalidRequest, "code_challenge is missing (PKCE, RFC 7636)")
    }
    return nil
  }

  /// The parameters as a query, with which our pages come back to the same request.
  var query: String {
    fields.map {
      "\($0.name)=\(PercentCoding.encode($0.value.utf8, keeping: PercentCoding.unreserved))"
    }.joined(separator: "&")
  }

  /// The client's address with a code.
  func answer(code: String) -> String {
    redirectURI.adding(stateFields + [("code", code)])
  }

  /// The client's address with a refusal.
  func answer(_ error: OAuthError) -> String {
    redirectURI.adding(
      stateFields + [("error", error.code.rawValue), ("error_description", error.description)])
  }

  private var stateFields: [(name: String, value: String)] {
    state.map { [("state", $0)] } ?? []
  }
}
