import Foundation
import Primitives

/// The rules of an ID token whose signature is right (OpenID Connect Core 1.0, 3.1.3.7).
struct IDToken: Sendable {
  /// The seconds by which a provider's clock may differ.
  static let skew = 60.0

  let issuer: String
  let clientID: String
  let nonce: String

  /// The claims of a token.
  ///
  /// - Throws: ``OpenIDError/invalid(_:)``, which names the claim.
  func claims(_ token: SignedToken, at now: Date) throws(OpenIDError) -> Claims {
    let members = try ProviderJSON.object(token.payload, "the ID token")
    guard members["iss"]?.isText(issuer) == true else { throw .invalid("iss is not the issuer") }
    let audience = Self.audience(members["aud"])
    guard audience.contains(where: { $0.isText(clientID) }) else {
      throw .invalid("aud is not openid_client_id")
    }
    // With several audiences the provider must say for whom it is.
    guard audience.count == 1 || members["azp"] != nil else {
      throw .invalid("aud has several audiences, and there is no azp")
    }
    if let party = members["azp"], !party.isText(clientID) {
      throw .invalid("azp is not openid_client_id")
    }
    let instant = now.timeIntervalSince1970
    guard let expiry = Self.number(members["exp"]), expiry > instant - Self.skew else {
      throw .invalid("exp is over")
    }
    guard let issued = Self.number(members["iat"]), issued <= instant + Self.skew else {
      throw .invalid("iat is missing or in the future")
    }
    if let begin = members["nbf"] {
      guard let begin = Self.number(begin), begin <= instant + Self.skew else {
        throw .invalid("nbf is in the future")
      }
    }
    guard members["nonce"]?.isText(nonce) == true else {
      throw .invalid("nonce is not that of the sign-in")
    }
    return try Claims(members)
  }

  private static func audience(_ value: JSONValue?) -> [JSONValue] {
    switch value {
    case .string: [value].compactMap(\.self)
    case .array(let several): several
    default: []
    }
  }

  private static func number(_ value: JSONValue?) -> Double? {
    switch value {
    case .integer(let number): Double(number)
    case .number(let number): number
    default: nil
    }
  }
}
