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
  /// Whether it goes on without requests, because the user has asked for that.
  package var isKept: Bool
  /// The digest of the session's id, which names it within the process.
  package var digest: [UInt8]
}

/// A session in the list of a user's own.
package struct SessionEntry: Sendable, Identifiable, Equatable {
  /// The number by which the list names it. It opens nothing.
  package var id: Int64
  /// The address of the login.
  package var address: String?
  /// The browser's name of itself at the login.
  package var agent: String?
  /// The time of the login.
  package var added: Date
  /// The time of the last request, exact to a minute.
  package var lastSeen: Date
  /// The time from which it is over.
  package var expires: Date
  /// Whether it goes on without requests.
  package var isKept: Bool
  /// The digest of the session's id.
  package var digest: [UInt8]
}

/// The times after which sessions are over.
package struct SessionLimits: Sendable {
  /// Seconds without a request.
  package var idle: Double
  /// Seconds since the login.
  package var longest: Double
  /// Seconds since the login of a session that is kept.
  package var kept: Double

  /// Limits; by default half an hour without a request and a week in all, or 30 days whatever happens.
  package init(idle: Double = 1800, longest: Double = 7 * 86_400, kept: Double = 30 * 86_400) {
    self.idle = idle
    self.longest = longest
    self.kept = kept
  }

  /// The time from which a session is over.
  func expiry(added: Date, seen: Date, isKept: Bool) -> Date {
    guard !isKept else { return added.addingTimeInterval(kept) }
    return min(seen.addingTimeInterval(idle), added.addingTimeInterval(longest))
  }
}
