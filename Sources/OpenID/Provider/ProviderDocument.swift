import Primitives

/// What a provider says of itself (OpenID Connect Discovery 1.0, 3).
struct ProviderDocument: Sendable, Equatable {
  /// How a client proves to the provider that it is itself.
  enum ClientProof: String, Sendable {
    case basic = "client_secret_basic"
    case post = "client_secret_post"
    /// It cannot: PKCE alone protects the code.
    case none
  }

  /// Where browsers are sent.
  let authorization: String
  /// Where codes become tokens.
  let token: String
  /// Where the public keys are.
  let keys: String
  /// Where what is not in the ID token can be asked; nil for none.
  let userInfo: String?
  /// How the client proves that it is itself where it has a secret.
  let proof: ClientProof

  /// Reads a document.
  ///
  /// - Parameter issuer: The issuer that it must be of, byte for byte: else one provider could pass for another.
  /// - Throws: ``OpenIDError/invalid(_:)``.
  init(_ members: JSONValue, issuer: String) throws(OpenIDError) {
    guard members["issuer"]?.isText(issuer) == true else {
      throw .invalid("its document is not of the issuer \(issuer)")
    }
    func address(_ name: String) throws(OpenIDError) -> String? {
      guard let value = members[name], value != .null else { return nil }
      guard case .string(let text) = value, OpenIDAddress.isEndpoint(text, of: issuer) else {
        throw .invalid("\(name) is no address by https")
      }
      return text
    }
    func required(_ name: String) throws(OpenIDError) -> String {
      guard let address = try address(name) else { throw .invalid("\(name) is missing") }
      return address
    }
    authorization = try required("authorization_endpoint")
    token = try required("token_endpoint")
    keys = try required("jwks_uri")
    userInfo = try address("userinfo_endpoint")
    proof = try Self.proof(members["token_endpoint_auth_methods_supported"])
  }

  private static func proof(_ value: JSONValue?) throws(OpenIDError) -> ClientProof {
    guard case .array(let methods)? = value else { return .basic }
    let known = [ClientProof.basic, .post].first { methods.contains(.string($0.rawValue)) }
    // A provider of public clients alone lists neither.
    guard let proof = known ?? (methods.contains(.string("none")) ? ClientProof.none : nil) else {
      throw .invalid("it takes neither client_secret_basic nor client_secret_post")
    }
    return proof
  }
}
