import Foundation
import HTTPTypes
import Synchronization

/// One check of a name and a password, as the limits of guessing see it.
final class LoginAttempt: Sendable {
  /// Where it comes from.
  let source: String
  private let limits: [(limiter: RateLimiter, key: String)]
  private let taken = Mutex(0)

  init(source: String, limits: [(RateLimiter, String)]) {
    self.source = source
    self.limits = limits.map { (limiter: $0.0, key: $0.1) }
  }

  /// Counts the attempt.
  ///
  /// - Throws: `APIError` 429 past a limit.
  func begin() throws(APIError) {
    for (limiter, key) in limits {
      guard limiter.take(key, at: .now) else {
        let wait = limiter.secondsUntilAllowed(key, at: .now) ?? 1
        forget()
        throw .tooMany("Too many failed logins.", limit: limiter.limit, wait: wait)
      }
      taken.withLock { $0 += 1 }
    }
  }

  /// Takes back what was counted: the password was right, or could not be checked.
  func forget() {
    let count = taken.withLock { taken in
      defer { taken = 0 }
      return taken
    }
    for (limiter, key) in limits.prefix(count) { limiter.giveBack(key, at: .now) }
  }
}

extension APIError {
  /// An answer 429, with the headers of the limit.
  static func tooMany(_ message: String, limit: Int, wait: Int) -> APIError {
    var error = APIError(.tooManyRequests, message, retryAfter: wait)
    error.headers[.rateLimitLimit] = String(limit)
    error.headers[.rateLimitRemaining] = "0"
    error.headers[.rateLimitReset] = String(Int(Date().timeIntervalSince1970) + wait)
    return error
  }
}
