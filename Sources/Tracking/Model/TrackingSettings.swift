import Mail

/// What becomes of a hit whose browser says that its user does not want to be tracked (`Sec-GPC: 1`, `DNT: 1`).
package enum PrivacySignal: String, Sendable, CaseIterable {
  /// The signal is passed over.
  case ignore
  /// The hit is recorded without contact, device, address and agent, and without cookies.
  case anonymous
  /// The hit is not recorded.
  case drop
}

/// The operator's settings for web tracking (tracking.md 17); the defaults are those of a new system.
package struct TrackingSettings: Sendable, Equatable {
  /// Whether an unknown browser is taken for the contact last seen at its address.
  package var tracksByAddress = false
  /// Whether the contact that a clickthrough names without a signature is believed.
  package var tracksByURL = false
  /// Whether addresses are not stored.
  package var anonymizesAddresses = false
  /// Whether visitors from private networks are recorded with their own address.
  package var tracksPrivateAddresses = false
  /// Whether hits from private networks are dropped.
  package var dropsPrivateAddresses = false
  /// The addresses, networks and patterns with `*` that are not tracked.
  package var excludedAddresses: [String] = [] {
    didSet { addressFilter = EngagementFilter(addresses: excludedAddresses, agents: []) }
  }
  /// ``excludedAddresses``, ready for use.
  private(set) var addressFilter = EngagementFilter(addresses: [], agents: [])
  /// The words of user agents that are not tracked.
  package var excludedAgents: [String] = []
  /// Whether other sites must be listed to read answers (CORS).
  package var restrictsOrigins = true
  /// The origins that may, with `*` for any characters.
  package var allowedOrigins: [String] = []
  /// The path of cookies.
  package var cookiePath = "/"
  /// The domain of cookies; empty for the host alone.
  package var cookieDomain = ""
  /// Whether cookies are sent over https alone.
  package var hasSecureCookies = true
  /// Whether cookies are hidden from scripts.
  package var hidesCookies = false
  /// Whether one of several unique identifiers tells who a visitor is (OR); otherwise all given ones (AND).
  package var matchesAnyIdentifier = true
  /// What becomes of hits with a signal of privacy.
  package var privacySignal = PrivacySignal.anonymous
  /// Whether the parameter `do_not_track=true` counts as such a signal.
  package var obeysDoNotTrack = false

  /// The days for which hits are kept; 0 for ever.
  package var hitDays = 0
  /// The days without activity of its contact after which a device is forgotten; 0 never.
  package var deviceDays = 0

  /// The services of others that pages tell of their visits.
  package var services = PageServices()

  /// Creates the settings of a new system.
  package init() {}
}
