import HTTPTypes
import Logging
import Metrics

/// A request as logs and metrics show it.
struct SeenRequest {
  var method: HTTPRequest.Method
  /// The path without the query, which may hold a token, and without texts in it, which may be an address or the key of
  /// a link: who reads the log must not be able to act for a contact.
  private(set) var path: String
  /// The route's pattern; a fixed word where there was none, so that metrics stay bounded.
  var route = "unknown"
  var user: String?
  /// What the limits say to the user, which the answer tells; nil where none is set.
  var rate: RateVerdict?
  var remoteAddress = ""
  /// Whether a browser asks, whose session tells the user.
  var isInSession = false
  var status = 0
  var receivedBytes = 0

  /// A request that is not routed yet: of its path only the beginning is shown.
  init(method: HTTPRequest.Method, path: String) {
    self.method = method
    let parts = path.split(separator: "/", maxSplits: 4)
    let shown = parts.prefix(parts.first == "api" ? 2 : 1).map { $0.prefix(40) }
    self.path = "/" + (shown + (parts.count > shown.count ? ["…"] : [])).joined(separator: "/")
  }

  /// Notes the route that was found: of its parameters only numbers are shown.
  mutating func note(_ route: Route, _ parameters: [String: String]) {
    self.route = route.path
    path = route.path.split(separator: "/", omittingEmptySubsequences: false).map { part in
      guard part.hasPrefix("{"), !part.hasSuffix(":text}") else { return String(part) }
      return parameters[String(part.dropFirst().dropLast())] ?? String(part)
    }.joined(separator: "/")
  }
}

/// Counts, times and logs requests.
struct RequestObserver: Sendable {
  /// Methods that have a label of their own; a client may invent others.
  private static let methods: Set<String> = [
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS",
  ]

  private static func isFrequent(_ route: String) -> Bool {
    route.hasPrefix("/api/health") || route.hasPrefix("/mtc") || route == "/mtracking.gif"
  }

  func record(_ seen: SeenRequest, duration: Duration, logger: Logger) {
    let method = Self.methods.contains(seen.method.rawValue) ? seen.method.rawValue : "other"
    Counter(
      label: "martlet_http_requests_total",
      dimensions: [("route", seen.route), ("method", method), ("status", String(seen.status))]
    ).increment()
    Metrics.Timer(label: "martlet_http_request_seconds", dimensions: [("route", seen.route)])
      .record(duration: duration)
    // Health is asked for every few seconds, hits come by the thousand; failures of the server are what an operator looks for,
    // and 503 says that it is busy, not that it failed.
    let level: Logger.Level =
      seen.status == 503
      ? .warning
      : seen.status >= 500 ? .error : Self.isFrequent(seen.route) ? .debug : .info
    logger.log(
      level: level, "request",
      metadata: [
        "method": .string(method), "path": .string(String(seen.path.prefix(500))),
        "route": .string(seen.route), "status": .stringConvertible(seen.status),
        "milliseconds": .stringConvertible((duration / .microseconds(10)).rounded() / 100),
        "bytes": .stringConvertible(seen.receivedBytes),
        "user": .string(seen.user ?? "-"), "remote": .string(seen.remoteAddress),
      ])
  }
}
