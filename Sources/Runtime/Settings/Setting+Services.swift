/// The operator's settings for the services of others that pages tell of visits (tracking.md 14).
extension Setting where Value == Bool {
  /// Whether pages of other sites tell Google Analytics.
  package static let analyticsOnTrackedPages = flag(
    "google_analytics_trackingpage_enabled", false,
    effect: "whether the script of other sites' pages loads Google Analytics")
  /// Whether landing pages of ours do.
  package static let analyticsOnLandingPages = flag(
    "google_analytics_landingpage_enabled", false,
    effect: "whether the script of landing pages loads Google Analytics")
  /// Whether Google Analytics is told to shorten addresses.
  package static let analyticsAnonymizesIP = flag(
    "google_analytics_anonymize_ip", false,
    effect: "whether Google Analytics is told to shorten addresses")
  /// Whether pages of other sites tell Facebook.
  package static let pixelOnTrackedPages = flag(
    "facebook_pixel_trackingpage_enabled", false,
    effect: "whether the script of other sites' pages loads Facebook's pixel")
  /// Whether landing pages of ours do.
  package static let pixelOnLandingPages = flag(
    "facebook_pixel_landingpage_enabled", false,
    effect: "whether the script of landing pages loads Facebook's pixel")
}

extension Setting where Value == String {
  /// The operator's id at Google Analytics.
  package static let analyticsID = tracking(
    "google_analytics_id", "", "empty, or id of capital letters, digits and hyphens",
    "id at Google Analytics, such as G-AB12CD34EF; empty: none"
  ) { text in
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    let isID =
      text.utf8.count <= 40 && (2...3).contains(parts.count)
      && parts.allSatisfy { part in
        !part.isEmpty && part.utf8.allSatisfy { isDigit($0) || (0x41...0x5A).contains($0) }
      }
    return text.isEmpty || isID
  }
  /// The operator's id at Facebook.
  package static let pixelID = tracking(
    "facebook_pixel_id", "", "empty, or 5 to 20 digits", "id of Facebook's pixel; empty: none"
  ) { $0.isEmpty || (5...20).contains($0.utf8.count) && $0.utf8.allSatisfy(isDigit) }

  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
}
