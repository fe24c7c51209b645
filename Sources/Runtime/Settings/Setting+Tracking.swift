import Primitives

/// The operator's settings for web tracking; the names are those that people know from elsewhere (tracking.md
/// 17).
extension Setting where Value == Bool {
  /// Whether an unknown browser is taken for the contact last seen at its address.
  package static let trackContactByIP = flag(
    "track_contact_by_ip", false,
    effect: "whether an unknown browser is taken for the contact last seen at its address")
  /// Whether a clickthrough is believed that names a contact without proof.
  package static let trackByTrackingURL = flag(
    "track_by_tracking_url", false,
    effect: "whether links of old e-mails that name a contact without proof are believed")
  /// Whether addresses are not stored.
  package static let anonymizeIP = flag(
    "anonymize_ip", false, effect: "whether the addresses of visitors are not stored")
  /// Whether visitors from private networks have their own address.
  package static let trackPrivateRanges = flag(
    "track_private_ip_ranges", false,
    effect: "whether visitors from private networks have their own address; else 127.0.0.1")
  /// Whether hits from private networks are dropped.
  package static let ignorePrivateRanges = flag(
    "ignore_private_ips", false, effect: "whether hits from private networks are dropped")
  /// Whether other sites must be listed to read answers.
  package static let corsRestrictDomains = flag(
    "cors_restrict_domains", true,
    effect: "whether scripts of other sites read answers only if cors_valid_domains lists them")
  /// Whether cookies go over https alone.
  package static let cookieSecure = flag(
    "cookie_secure", true, effect: "whether cookies of tracking are sent over https alone")
  /// Whether cookies are hidden from scripts.
  package static let cookieHTTPOnly = flag(
    "cookie_httponly", false, effect: "whether cookies of tracking are hidden from scripts")
  /// Whether the parameter `do_not_track` counts as a signal of privacy.
  package static let obeyDoNotTrack = flag(
    "obey_do_not_track", false,
    effect: "whether the parameter do_not_track of a hit counts as a signal of privacy")

}

extension Setting where Value == Int {
  /// The days for which page hits are kept.
  package static let pageHitDays = whole(
    "page_hit_days", 0, 0...36_500, effect: "days for which page hits are kept, 0 for ever")
  /// The days after which devices of contacts who do not come any more are forgotten.
  package static let deviceDays = whole(
    "device_days", 0, 0...36_500,
    effect: "days without activity of its contact after which a device is forgotten, 0 never")

}

extension Setting where Value == String {
  /// Addresses of the operator's own people.
  package static let internalAddresses = tracking(
    "do_not_track_internal_ips", "", "text of at most 10000 characters",
    "addresses, networks and patterns of our own people, who are not tracked", shape: .list
  ) {
    $0.utf8.count <= 10_000
  }
  /// The sites whose scripts may read answers.
  package static let corsValidDomains = tracking(
    "cors_valid_domains", "", "origins such as https://www.example.com, with commas",
    "sites whose scripts may read answers, with * for any characters", shape: .list
  ) { $0.utf8.count <= 10_000 }
  /// The path of cookies.
  package static let cookiePath = tracking(
    "cookie_path", "/", "path such as /", "path of cookies of tracking"
  ) {
    $0.hasPrefix("/") && isCookieText($0)
  }
  /// The domain of cookies.
  package static let cookieDomain = tracking(
    "cookie_domain", "", "empty, or domain such as example.com",
    "domain of cookies of tracking; empty: the host alone"
  ) { isCookieText($0) }
  /// Whether one of several unique identifiers tells who a visitor is.
  package static let contactIdentifiersOperator = tracking(
    "contact_unique_identifiers_operator", "OR", "OR or AND",
    "whether one of several unique identifiers tells who a visitor is (OR), or all given ones (AND)",
    shape: .choice(["OR", "AND"])
  ) { $0 == "OR" || $0 == "AND" }
  /// What becomes of hits with a signal of privacy.
  package static let privacySignals = tracking(
    "privacy_signals", "anonymous", "ignore, anonymous or drop",
    "what becomes of hits with Sec-GPC or DNT: recorded in full, without who it was, or not at all",
    shape: .choice(["ignore", "anonymous", "drop"])
  ) { ["ignore", "anonymous", "drop"].contains($0) }

  /// The database of places.
  package static let placeDatabase = tracking(
    "ip_lookup_database", "", "empty, or absolute path of a file in MaxMind's format",
    "database of places of addresses, where the workers run; empty: none"
  ) { $0.isEmpty || $0.hasPrefix("/") && $0.utf8.count <= 1_000 && !$0.utf8.contains(0) }

  static func tracking(
    _ name: String, _ standard: String, _ type: String, _ effect: String,
    shape: SettingShape = .text, accepts: @escaping @Sendable (String) -> Bool
  ) -> Setting<String> {
    Setting<String>(
      name: name, standard: standard, type: type, effect: effect, shape: shape,
      read: { accepts($0) ? $0 : nil }, write: { $0 })
  }

  /// Whether a text may stand in the header `Set-Cookie`.
  private static func isCookieText(_ text: String) -> Bool {
    text.utf8.count <= 200
      && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x3B && $0 != 0x2C }
  }
}
