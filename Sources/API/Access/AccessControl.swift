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
  /// The part of the failed logins that codes of one user from any addresses have.
  private static let codesShare = 3

  private let verify: Verify
  private let check: Check
  private let isEnabled: Bool
  private let allowsBasic: Bool
  private let limits: RateLimits
  private let requests: RateLimit
  private let requestsOfToken: RateLimit
  private let failures: Int

  /// - Parameters:
  ///   - requestsPerMinute: The maximum number of requests of a user in a minute; 0 for no limit.
  ///   - tokenRequestsPerMinute: The maximum number of requests with one token, or of one client for one user, in a
  ///     minute; 0 for no limit.
  ///   - failedLogins: The failed logins with one name from one address after which the next has to wait.
  ///   - limits: Where requests and logins are counted.
  ///   - isEnabled: Whether there is an API at all.
  ///   - allowsBasic: Whether a name and a password are taken.
  ///   - check: Checks a token, and tells the attempt before it begins with one that is not remembered.
  ///   - verify: Checks a name and a password, and tells the attempt before it begins with a password that has not been
  ///     right lately.
  init(
    requestsPerMinute: Int, tokenRequestsPerMinute: Int = 0, failedLogins: Int,
    limits: RateLimits = RateLimits(), isEnabled: Bool = true, allowsBasic: Bool = true,
    check: @escaping Check = { _, _, _ in .invalid },
    verify: @escaping Verify
  ) {
    self.verify = verify
    self.check = check
    self.isEnabled = isEnabled
    self.allowsBasic = allowsBasic
    self.limits = limits
    requests = .perMinute(requestsPerMinute)
    requestsOfToken = .perMinute(tokenRequestsPerMinute)
    failures = failedLogins
  }

  /// The user of a request. A Bearer header wins over a token among the parameters, and that over a Basic header.
  ///
  /// - Parameters:
  ///   - authorization: the header of that name.
  ///   - token: the access token in the query or in a form.
  ///   - remoteAddress: the client's address.
  /// - Returns: the user; always one who may log in.
  /// - Throws: `APIError` 401 without valid credentials, 403 for what is switched off (API page, section 2), 429 past a
  ///   limit of guesses.
  func admit(
    authorization: String?, token: String?, remoteAddress: String
  ) async throws -> Principal {
    try requireEnabled()
    if let token = Self.bearer(authorization) ?? token {
      return try await bearer(of: token, from: remoteAddress)
    }
    let credentials = try Self.credentials(authorization)
    guard allowsBasic else {
      throw APIError(.forbidden, "Basic authentication is disabled.", type: "access_denied")
    }
    let found = try await logIn(credentials.name, credentials.password, from: remoteAddress)
    guard let found else {
      throw APIError.unauthorized("API authorization denied, invalid credentials.")
    }
    guard !found.needsSecondFactor else {
      throw APIError.unauthorized(
        "This user logs in with a second factor: instead of the password use an API token or OAuth."
      )
    }
    return found
  }

  /// Counts a request of a user, and of his token.
  ///
  /// - Returns: What the limits say, perhaps that it is one too many; nil where none is set.
  func count(_ user: Principal) async -> RateVerdict? {
    var events = [LimitedEvent("user:\(user.id)", requests)]
    if let token = user.token { events.append(LimitedEvent("token:\(token)", requestsOfToken)) }
    return await limits.take(events)
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
    let attempt = guess(at: name, from: remoteAddress)
    do {
      let user = try await verify(name, password, attempt)
      if user != nil { await attempt.forget() }
      return user
    } catch {
      await attempt.forget()
      throw error
    }
  }

  /// One guess of what a person has chosen, or of few digits: past the first ones the wait grows, by name and by address.
  func guess(at name: String, from remoteAddress: String) -> LoginAttempt {
    let (source, name) = (Self.source(remoteAddress), RateLimits.digest(name))
    let many = failures * Self.namesPerAddress
    return LoginAttempt(
      source: source, limits: limits,
      events: [
        LimitedEvent("guess:\(source):\(name)", .guesses(failures, longestWait: 900)),
        LimitedEvent("guess:\(source)", .guesses(many, longestWait: 900)),
        // Anybody can make these, wherever he is: they must not keep the user out for long.
        LimitedEvent("guess:\(name)", .guesses(many, longestWait: 60)),
      ])
  }

  /// One guess of a code of six digits, of a user whose password was right. Nobody else can make these, and so they are fewer
  /// than those of passwords.
  func codeGuess(of user: Int64, from remoteAddress: String) -> LoginAttempt {
    let source = Self.source(remoteAddress)
    let few = (failures + Self.codesShare - 1) / Self.codesShare
    return LoginAttempt(
      source: source, limits: limits,
      events: [
        LimitedEvent("code:\(user)", .guesses(few, longestWait: 900)),
        LimitedEvent(
          "guess:\(source)", .guesses(failures * Self.namesPerAddress, longestWait: 900)),
      ])
  }

  /// One try of a long random text, of which no number of tries finds one: what fails only must not cost too much.
  ///
  /// - Parameter name: Whose secret it is; nil where it is whoever's it may be.
  func attempt(at name: String?, from remoteAddress: String) -> LoginAttempt {
    let source = Self.source(remoteAddress)
    let many = RateLimit.perMinute(failures * Self.namesPerAddress)
    var events = [LimitedEvent("try:\(source)", many)]
    if let name = name.map(RateLimits.digest) {
      events += [
        LimitedEvent("try:\(source):\(name)", .perMinute(failures)),
        LimitedEvent("try:\(name)", many),
      ]
    }
    return LoginAttempt(source: source, limits: limits, events: events)
  }

  /// Where a request comes from: of IPv6 the 64 bits of one subscriber.
  private static func source(_ address: String) -> String {
    IPAddress(address)?.subscriber ?? address
  }

  private func bearer(of token: String, from remoteAddress: String) async throws -> Principal {
    let attempt = attempt(at: nil, from: remoteAddress)
    let verdict: TokenAuthenticator.Verdict
    do {
      verdict = try await check(token, remoteAddress, attempt)
    } catch {
      await attempt.forget()
      throw error
    }
    switch verdict {
    case .valid(let bearer):
      await attempt.forget()
      return Principal(bearer)
    case .elsewhere:
      await attempt.forget()
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
