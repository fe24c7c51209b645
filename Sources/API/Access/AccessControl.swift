import Foundation
import HTTPTypes
import OAuth
import Primitives

/// Authenticates requests and limits their rate.
struct AccessControl: Sendable {
  /// The user with a name and a password; nil if they are wrong.
  typealias Verify =
    @Sendable (
      _ name: String, _ password: String, _ attempt: LoginAttempt
    ) async throws -> Principal?
  /// What an access token from an address proves.
  typealias Check =
    @Sendable (
      _ token: String, _ address: String, _ attempt: LoginAttempt
    ) async throws -> TokenAuthenticator.Verdict

  /// The failed logins of an address with any names, and with a name from any addresses, as a multiple of those with one
  /// name from one address.
  private static let namesPerAddress = 10

  private let verify: Verify
  private let check: Check
  private let isEnabled: Bool
  private let allowsBasic: Bool
  private let requests: RateLimiter
  private let attempts: RateLimiter
  private let attemptsOfAddress: RateLimiter
  private let attemptsOfName: RateLimiter

  /// - Parameters:
  ///   - requestsPerMinute: The maximum number of requests of a user in a minute; 0 for no limit.
  ///   - failedLoginsPerMinute: The most failed logins with one name from one address in a minute.
  ///   - isEnabled: Whether there is an API at all.
  ///   - allowsBasic: Whether a name and a password are taken.
  ///   - check: Checks a token, and tells the attempt before it begins with one that is not remembered.
  ///   - verify: Checks a name and a password, and tells the attempt before it begins with a password that has not been
  ///     right lately.
  init(
    requestsPerMinute: Int, failedLoginsPerMinute: Int, isEnabled: Bool = true,
    allowsBasic: Bool = true, check: @escaping Check = { _, _, _ in .invalid },
    verify: @escaping Verify
  ) {
    self.verify = verify
    self.check = check
    self.isEnabled = isEnabled
    self.allowsBasic = allowsBasic
    requests = RateLimiter(perMinute: requestsPerMinute)
    attempts = RateLimiter(perMinute: failedLoginsPerMinute)
    attemptsOfAddress = RateLimiter(perMinute: failedLoginsPerMinute * Self.namesPerAddress)
    attemptsOfName = RateLimiter(perMinute: failedLoginsPerMinute * Self.namesPerAddress)
  }

  /// The user of a request. A Bearer header wins over a token among the parameters, and that over a Basic header.
  ///
  /// - Parameters:
  ///   - authorization: the header of that name.
  ///   - token: the access token in the query or in a form.
  ///   - remoteAddress: the client's address.
  /// - Returns: the user; always one who may log in.
  /// - Throws: `APIError` 401 without valid credentials, 403 for what is switched off (API page, section 2), 429 past a
  ///   limit.
  func admit(
    authorization: String?, token: String?, remoteAddress: String
  ) async throws -> Principal {
    try requireEnabled()
    let user: Principal
    if let token = Self.bearer(authorization) ?? token {
      user = try await bearer(of: token, from: remoteAddress)
    } else {
      let credentials = try Self.credentials(authorization)
      guard allowsBasic else {
        throw APIError(.forbidden, "Basic authentication is disabled.", type: "access_denied")
      }
      let found = try await logIn(credentials.name, credentials.password, from: remoteAddress)
      guard let found else {
        throw APIError.unauthorized("API authorization denied, invalid credentials.")
      }
      user = found
    }
    guard requests.take(String(user.id), at: .now) else {
      let wait = requests.secondsUntilAllowed(String(user.id), at: .now) ?? 1
      throw APIError.tooMany("API rate limit exceeded.", limit: requests.limit, wait: wait)
    }
    return user
  }

  /// Refuses everything where the API is switched off.
  ///
  /// - Throws: `APIError` 403.
  func requireEnabled() throws(APIError) {
    guard isEnabled else {
      throw APIError(.forbidden, "The API is disabled.", type: "api_disabled")
    }
  }

  /// The user with a name and a password; nil if they are wrong.
  ///
  /// - Throws: `APIError` 429 past a limit of guesses.
  func logIn(
    _ name: String, _ password: String, from remoteAddress: String
  ) async throws -> Principal? {
    // Verifying a password is expensive on purpose: guessing must be limited, and counted when it begins, for many
    // guesses may be under way at once. One that proves right does not count.
    let attempt = attempt(at: name, from: remoteAddress)
    do {
      let user = try await verify(name, password, attempt)
      if user != nil { attempt.forget() }
      return user
    } catch {
      attempt.forget()
      throw error
    }
  }

  /// One try of something secret, as the limits of guessing see it.
  ///
  /// - Parameter name: Whose secret it is; nil where it is whoever's it may be.
  func attempt(at name: String?, from remoteAddress: String) -> LoginAttempt {
    let source = IPAddress(remoteAddress)?.subscriber ?? remoteAddress
    guard let name else {
      return LoginAttempt(source: source, limits: [(attemptsOfAddress, source)])
    }
    let key = name.prefix(200).lowercased()
    return LoginAttempt(
      source: source,
      limits: [
        (attempts, "\(source) \(key)"), (attemptsOfAddress, source), (attemptsOfName, key),
      ])
  }

  private func bearer(of token: String, from remoteAddress: String) async throws -> Principal {
    let attempt = attempt(at: nil, from: remoteAddress)
    let verdict: TokenAuthenticator.Verdict
    do {
      verdict = try await check(token, remoteAddress, attempt)
    } catch {
      attempt.forget()
      throw error
    }
    switch verdict {
    case .valid(let bearer):
      attempt.forget()
      return Principal(bearer)
    case .elsewhere:
      attempt.forget()
      throw APIError.unauthorized(
        "The access token is not taken from this address.", type: "invalid_grant")
    case .invalid:
      throw APIError.unauthorized(
        "The access token provided is invalid or has expired.", type: "invalid_grant")
    }
  }

  /// The token of a Bearer header, empty where none follows the word; nil for any other header.
  private static func bearer(_ header: String?) -> String? {
    let parts = (header ?? "").split(separator: " ", maxSplits: 1)
    guard parts.first?.lowercased() == "bearer" else { return nil }
    return parts.count == 2 ? String(parts[1]).trimmingBlanks : ""
  }

  /// The name and password of a Basic header.
  static func credentials(
    _ header: String?
  ) throws(APIError) -> (name: String, password: String) {
    let parts = (header ?? "").split(separator: " ", maxSplits: 1)
    guard parts.first?.lowercased() == "basic", parts.count == 2 else { throw .accessDenied }
    guard let decoded = Data(base64Encoded: String(parts[1]).trimmingBlanks),
      let text = String(data: decoded, encoding: .utf8), let colon = text.firstIndex(of: ":")
    else { throw .unauthorized("API authorization denied, invalid credentials.") }
    return (String(text[..<colon]), String(text[text.index(after: colon)...]))
  }
}
