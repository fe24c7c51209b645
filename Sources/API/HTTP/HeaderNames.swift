package import HTTPTypes

/// Headers that the library has no name for.
extension HTTPField.Name {
  static let csrfToken = known("X-CSRF-Token")
  static let fetchMode = known("Sec-Fetch-Mode")
  static let fetchSite = known("Sec-Fetch-Site")
  static let forwarded = known("Forwarded")
  package static let frameOptions = known("X-Frame-Options")
  static let htmxRedirect = known("HX-Redirect")
  static let htmxCurrentURL = known("HX-Current-URL")
  package static let htmxRequest = known("HX-Request")
  static let idempotencyKey = known("Idempotency-Key")
  static let idempotencyReplayed = known("Idempotency-Replayed")
  static let mcpProtocolVersion = known("MCP-Protocol-Version")
  static let mauticVersion = known("Mautic-Version")
  static let martletVersion = known("Martlet-Version")
  static let pragma = known("Pragma")
  package static let referrerPolicy = known("Referrer-Policy")
  static let refresh = known("Refresh")
  package static let robots = known("X-Robots-Tag")
  static let purpose = known("Purpose")
  package static let requestedWith = known("X-Requested-With")
  static let secGPC = known("Sec-GPC")
  static let doNotTrack = known("DNT")
  static let xMoz = known("X-Moz")
  static let xPurpose = known("X-Purpose")
  static let requestID = known("X-Request-Id")
  static let rateLimitLimit = known("X-RateLimit-Limit")
  static let rateLimitRemaining = known("X-RateLimit-Remaining")
  static let rateLimitReset = known("X-RateLimit-Reset")
  package static let totalEstimated = known("X-Total-Estimated")
  static let writeKey = known("X-Write-Key")
  static let xForwardedFor = known("X-Forwarded-For")

  package static let htmxHistoryRestore = known("HX-History-Restore-Request")
  package static let accelBuffering = known("X-Accel-Buffering")

  private static func known(_ name: String) -> HTTPField.Name {
    guard let known = HTTPField.Name(name) else {
      preconditionFailure("\(name) cannot be the name of a header")
    }
    return known
  }
}
