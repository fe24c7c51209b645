package import Foundation

/// Tokens right after they were made; they are kept nowhere.
package struct IssuedTokens: Sendable, Equatable {
  /// Proves a request to the API.
  package var access: String
  /// Seconds for which it does.
  package var seconds: Int
  /// Gets a new pair; nil for a client that may not, or acts for itself.
  package var refresh: String?
}

/// The times for which codes and tokens are good, in seconds.
package struct TokenLimits: Sendable, Equatable {
  package var code: Int
  package var access: Int
  package var refresh: Int

  /// Times; by default a minute, an hour, and fourteen days.
  package init(code: Int = 60, access: Int = 3600, refresh: Int = 14 * 86_400) {
    self.code = code
    self.access = access
    self.refresh = refresh
  }
}

/// What a token is, as its own client may ask (RFC 7662).
package struct TokenDescription: Sendable {
  /// Whether it is a refresh token.
  package var isRefresh: Bool
  /// The id and the name of the user for whom it acts; nil where the client acts for itself.
  package var user: (id: Int64, name: String)?
  /// The time of its making.
  package var added: Date
  /// The time from which it is refused.
  package var expires: Date
}
