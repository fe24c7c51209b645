package import OpenID
package import Primitives

/// The settings of the API.
package struct APIConfiguration: Sendable {
  /// The address to listen on.
  package var host = "127.0.0.1"
  /// The port to listen on; 0 picks a free one.
  package var port = 8080
  /// The version of Mautic's API that answers claim in `Mautic-Version` (API page, section 4).
  package var mauticVersion = "5.1.0"
  /// Martlet's own version, sent in `Martlet-Version` and by `/api/health`.
  package var version = "0.1.0"
  /// The maximum number of open connections; further ones wait in the listening socket's queue.
  package var maximumConnections = 1024
  /// The maximum number of open connections of one address, in IPv6 of its 64 bits; a further one takes the place of
  /// the one that has been idle, or sending its request, for longest. Trusted proxies have no such limit.
  package var maximumConnectionsPerAddress = 256
  /// Seconds without a byte, in a request or between two, after which a connection is closed.
  package var idleTimeoutSeconds = 75
  /// Seconds in which a body that is read whole must have arrived.
  package var parameterTimeoutSeconds = 60
  /// The maximum number of bytes of a body that is read whole (JSON, forms).
  package var maximumParameterBytes = 4 * 1024 * 1024
  /// The maximum number of bytes of a body on a route that asks for no login.
  package var maximumPublicBytes = 64 * 1024
  /// The least number of bytes of an upload in the time of a body that is read whole; a slower sender is cut off.
  package var minimumUploadBytes = 64 * 1024
  /// The longest that a request without a file may take, its body apart; then it is given up, its statement with it.
  package var requestTimeout = Duration.seconds(30)
  /// The longest that requests under way may take once the server is told to stop.
  package var drainTimeout = Duration.seconds(8)
  /// The proxies whose word on a client's address counts; nil where they cannot be read.
  package var trustedProxies: @Sendable () async -> [IPNetwork]? = { [] }
  /// The sites whose scripts may read answers.
  package var origins: @Sendable () async -> AllowedOrigins = { AllowedOrigins() }
  /// The maximum number of bytes of an uploaded file, as received and unpacked (IMP-03).
  package var maximumUploadBytes = 10 * 1024 * 1024 * 1024
  /// The maximum number of rows of a page; a larger `limit`, and 0, mean this many (API page,
  /// section 6).
  package var maximumPageSize = 1000
  /// Whether there is an API at all; pages of visitors and health are always there.
  package var isEnabled = true
  /// Whether a name and a password are taken (HTTP Basic).
  package var allowsBasic = true
  /// The seconds for which access tokens, and those that refresh them, are good.
  package var accessTokenSeconds = 3600
  package var refreshTokenSeconds = 14 * 86_400
  /// The seconds without a request after which a session of a browser is over.
  package var sessionIdleSeconds = 1800
  /// The maximum number of requests of a user per minute; 0 for no limit.
  package var requestsPerMinute = 0
  /// The maximum number of requests with one token, or of one client for one user, per minute; 0 for no limit.
  package var tokenRequestsPerMinute = 0
  /// Failed logins, with one name from one address, after which the next has to wait.
  package var failedLogins = 30
  /// Submissions of forms per minute from one address; 0 for no limit.
  package var formsPerMinute = 120
  /// The provider by which users log in; nil for none.
  package var openID: OpenIDSettings?
  /// Hours for which the answer to a request with an idempotency key is kept.
  package var idempotencyHours = 24

  package init() {}
}
