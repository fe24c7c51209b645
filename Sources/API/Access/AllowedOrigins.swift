import HTTPTypes

/// The sites whose scripts may read answers (CORS, tracking.md 6).
package struct AllowedOrigins: Sendable, Equatable {
  /// Whether only those listed may.
  package var isRestricted = true
  /// Origins such as `https://www.example.com`, with `*` for any characters.
  package var list: [String] = []

  /// Creates the default: none.
  package init(isRestricted: Bool = true, list: [String] = []) {
    self.isRestricted = isRestricted
    self.list = list.map { $0.lowercased() }
  }

  /// The headers for the answer to a script's request; empty for other requests, and for sites that may not.
  func headers(for request: HTTPFields) -> HTTPFields {
    guard request[.requestedWith]?.lowercased() == "xmlhttprequest" else { return [:] }
    return headers(of: request)
  }

  /// The headers for the answer to a browser that asks before a request (`OPTIONS`).
  func preflight(for request: HTTPFields) -> HTTPFields {
    request[.accessControlRequestHeaders] == nil ? [:] : headers(of: request)
  }

  private func headers(of request: HTTPFields) -> HTTPFields {
    guard let origin = request[.origin], allows(origin) else { return [:] }
    return [
      .accessControlAllowOrigin: origin, .accessControlAllowCredentials: "true",
      .accessControlAllowHeaders: "Origin, X-Requested-With, Content-Type, Authorization",
      .accessControlAllowMethods: "PUT, PATCH, GET, POST, DELETE, OPTIONS",
      .accessControlMaxAge: "36000", .vary: "Origin",
    ]
  }

  /// Whether scripts of a site may read answers.
  func allows(_ origin: String) -> Bool {
    guard origin.utf8.count <= 300 else { return false }
    let origin = origin.lowercased()
    return !isRestricted || list.contains { Self.matches(origin[...], $0) }
  }

  /// Whether a whole text matches a pattern; each star takes as little as it can.
  private static func matches(_ text: Substring, _ pattern: String) -> Bool {
    let parts = pattern.split(separator: "*", omittingEmptySubsequences: false)
    guard parts.count > 1 else { return text == pattern }
    var rest = text
    guard rest.hasPrefix(parts[0]) else { return false }
    rest = rest.dropFirst(parts[0].count)
    for part in parts.dropFirst().dropLast() where !part.isEmpty {
      guard let found = rest.firstRange(of: part) else { return false }
      rest = rest[found.upperBound...]
    }
    return rest.hasSuffix(parts[parts.count - 1])
  }
}
