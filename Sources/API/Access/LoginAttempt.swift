import Foundation
import HTTPTypes
import Synchronization

/// One check of a name and a password, or of another secret, as the limits of guessing see it.
final class LoginAttempt: Sendable {
  /// Where it comes from.
  let source: String
  private let limits: RateLimits
  private let events: [LimitedEvent]
  private let isCounted = Mutex(false)

  init(source: String, limits: RateLimits, events: [LimitedEvent]) {
    self.source = source
    self.limits = limits
    self.events = events
  }

  /// Counts the attempt.
  ///
  /// - Throws: `APIError` 429 past a limit.
  func begin() async throws(APIError) {
    guard let verdict = await limits.take(events) else { return }
    guard verdict.isAllowed else { throw .tooMany("Too many failed logins.", verdict) }
    isCounted.withLock { $0 = true }
  }

  /// Takes back what was counted: the password was right, or could not be checked.
  func forget() async {
    let wasCounted = isCounted.withLock { isCounted in
      defer { isCounted = false }
      return isCounted
    }
    if wasCounted { await limits.takeBack(events) }
  }
}

extension APIError {
  /// An answer 429, with the headers of the limit.
  static func tooMany(_ message: String, _ verdict: RateVerdict) -> APIError {
    var error = APIError(.tooManyRequests, message, retryAfter: verdict.waitSeconds)
    verdict.write(to: &error.headers)
    return error
  }
}

extension RateVerdict {
  /// Sets the headers that tell a client of a limit: its capacity, what remains of it, and the second, since 1970, at which
  /// all of it is there again.
  func write(to headers: inout HTTPFields) {
    headers[.rateLimitLimit] = String(capacity)
    headers[.rateLimitRemaining] = String(isAllowed ? remaining : 0)
    let reset = Date().timeIntervalSince1970 + Double(reset) / 1000
    headers[.rateLimitReset] = String(Int(reset.rounded(.up)))
  }
}
