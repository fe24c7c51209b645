import Hummingbird
import OAuth
import Primitives

/// The parameters of a request to the OAuth endpoints, from the query and from a body in any form.
struct OAuthParameters: Sendable {
  /// Those that may be given once (RFC 6749, 3.1).
  private static let single: Set<String> = [
    "client_id", "client_secret", "grant_type", "code", "redirect_uri", "code_verifier",
    "refresh_token", "token", "token_type_hint", "scope", "response_type", "state",
    "code_challenge", "code_challenge_method",
  ]

  private var values: [String: String] = [:]

  /// Reads the query, and the body of a request that has one.
  ///
  /// - Throws: ``OAuthError/Code/invalidRequest`` for a parameter that is given twice or is no text; `APIError` for a body
  ///   that is too large or does not parse.
  static func read(_ request: APIRequest) async throws -> OAuthParameters {
    var parameters = OAuthParameters()
    try parameters.add(form: Array(request.rawQuery.utf8))
    guard request.method == .post else { return parameters }
    if request.contentType.value == "application/x-www-form-urlencoded" {
      let body = try await request.body.collect(upTo: request.parameterLimit)
      try parameters.add(form: Array(body.readableBytesView))
      return parameters
    }
    guard let object = try await request.parameters().asObject else {
      throw OAuthError(.invalidRequest, "The body must be an object.")
    }
    for (name, value) in object.members where value != .null {
      guard let text = value.text else {
        if single.contains(name) { throw OAuthError(.invalidRequest, "\(name) must be a text") }
        continue
      }
      try parameters.add(name, text)
    }
    return parameters
  }

  /// A parameter; nil where it is missing or empty, which is the same (RFC 6749, 3.1).
  subscript(name: String) -> String? { values[name].flatMap { $0.isEmpty ? nil : $0 } }

  /// A parameter that must be there.
  ///
  /// - Throws: ``OAuthError/Code/invalidRequest``.
  func required(_ name: String) throws(OAuthError) -> String {
    guard let value = self[name] else { throw OAuthError(.invalidRequest, "\(name) is missing") }
    return value
  }

  private mutating func add(form bytes: [UInt8]) throws(OAuthError) {
    for pair in bytes.split(separator: UInt8(ascii: "&")) {
      let parts = pair.split(
        separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
      let value = parts.count > 1 ? PercentCoding.decode(parts[1], plusIsBlank: true) : ""
      try add(PercentCoding.decode(parts[0], plusIsBlank: true), value)
    }
  }

  private mutating func add(_ name: String, _ value: String) throws(OAuthError) {
    guard values[name] == nil || !Self.single.contains(name) else {
      throw OAuthError(.invalidRequest, "\(name) is given more than once")
    }
    values[name] = value
  }
}
