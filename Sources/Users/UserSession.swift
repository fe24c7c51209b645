package import Foundation

/// A browser in which a user has logged in.
package struct UserSession: Sendable, Equatable {
  /// The user; always one who may log in.
  package var user: User
  /// The time of the login.
  package var added: Date
  /// The time of the last request, exact to a minute.
  package var lastSeen: Date
  /// The time from which it is over.
  package var expires: Date
  /// The digest of the session's id, which names it within the process.
  package var digest: [UInt8]
}

/// The times after which sessions are over.
package struct SessionLimits: Sendable {
  /// Seconds without a request.
  package var idle: Double
  /// Seconds since the login.
  package var longest: Double

  /// Limits; by default eight hours without a request and a week in all.
  package init(idle: Double = 8 * 3600, longest: Double = 7 * 86_400) {
    self.idle = idle
    self.longest = longest
  }
}
