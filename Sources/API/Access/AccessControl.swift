import Foundation
import HTTPTypes
import Primitives

/// Authenticates requests and limits their rate.
struct AccessControl: Sendable {
  /// The user with a name and a password; nil if they are wrong.
  typealias Verify =
    @Sendable (
      _ name: String, _ password: String, _ attempt: LoginAttempt
    ) async throws -> Principal?

  /// The failed logins of an address with any names, as a multiple of those with one name.
  private static let namesPerAddress = 10

  private let verify: Verify
  private let requests: RateLimiter
  private let attempts: RateLimiter
  private let attemptsOfAddress: RateLimiter

  /// - Parameters:
  ///   - requestsPerMinute: The maximum number of requests of a user in a minute; 0 for no limit.
  ///   - failedLoginsPerMinute: The most failed logins with one name from one address in a minute.
  ///   - verify: Checks a name and a password, and tells the attempt before it begins with a password that has not been
  ///     right lately.
  init(requestsPerMinute: Int, failedLoginsPerMinute: Int, verify: @escaping Verify) {
    self.verify = verify
    requests = RateLimiter(perMinute: requestsPerMinute)
    attempts = RateLimiter(perMinute: failedLoginsPerMinute)
    attemptsOfAddress = RateLimiter(perMinute: failedLoginsPerMinute * Self.namesPerAddress)
  }

  /// The user of a request.
  ///
  /// - Parameters:
  ///   - authorization: the header of that name.
  ///   - hasToken: whether the query names an access token.
  ///   - remoteAddress: the client's address.
  /// - Returns: the user; always one who may log in.
  /// - Throws: `APIError` 401 without valid credentials (API page, section 2), 429 past a limit.
  func admit(
    authorization: String?, hasToken: Bool, remoteAddress: String
  ) async throws -> Principal {
    let credentials = try Self.credentials(authorization, hasToken: hasToken)
    // Verifying a password is expensive on purpose: guessing must be limited, and counted when it begins, for many
    // guesses may be under way at once. One that proves right does not count.
    let source = IPAddress(remoteAddress)?.subscriber ?? remoteAddress
    let attempt = LoginAttempt(
      source: source,
      limits: [
        (attempts, "\(source) \(credentials.name.prefix(200).lowercased())"),
        (attemptsOfAddress, source),
      ])
    let found: Principal?
    do {
      found = try await verify(credentials.name, credentials.password, attempt)
    } catch {
      attempt.forget()
      throw error
    }
    guard let user = found else {
      throw APIError.unauthorized("API authorization denied, invalid credentials.")
    }
    attempt.forget()
    guard requests.take(String(user.id), at: .now) else {
      let wait = requests.secondsUntilAllowed(String(user.id), at: .now) ?? 1
      throw APIError.tooMany("API rate limit exceeded.", limit: requests.limit, wait: wait)
    }
    return user
  }

  /// The name and password of a Basic header. A bearer token, or one in the query, takes precedence; none is ever
  /// issued, so none is valid.
  private static func credentials(
    _ header: String?, hasToken: Bool
  ) throws(APIError) -> (name: String, password: String) {
    let parts = (header ?? "").split(separator: " ", maxSplits: 1)
    let scheme = parts.first?.lowercased() ?? ""
    if scheme == "bearer" || hasToken {
      throw .unauthorized("The access token provided is invalid.", type: "invalid_grant")
    }
    guard scheme == "basic", parts.count == 2 else { throw .accessDenied }
    guard let decoded = Data(base64Encoded: String(parts[1]).trimmingBlanks),
      let text = String(data: decoded, encoding: .utf8), let colon = text.firstIndex(of: ":")
    else { throw .unauthorized("API authorization denied, invalid credentials.") }
    return (String(text[..<colon]), String(text[text.index(after: colon)...]))
  }
}
