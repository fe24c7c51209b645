/// The operator's settings for who may call the API and how (API page, section 2), read when a process with it starts.
extension Setting where Value == Bool {
  /// Whether there is an API at all.
  package static let apiEnabled = flag(
    "api_enabled", true, effect: "whether the API answers", atStart: true)
  /// Whether a name and a password are taken.
  package static let apiBasicEnabled = flag(
    "api_enable_basic_auth", true,
    effect:
      "whether the API takes names and passwords, not tokens alone", atStart: true
  )
}

extension Setting where Value == Int {
  /// The minutes for which an access token is good.
  package static let accessTokenMinutes = whole(
    "api_oauth2_access_token_lifetime", 60, 1...525_600,
    effect: "minutes for which an access token of OAuth is good", atStart: true)
  /// The days for which a refresh token is good.
  package static let refreshTokenDays = whole(
    "api_oauth2_refresh_token_lifetime", 14, 1...3650,
    effect: "days for which a refresh token of OAuth is good", atStart: true)
  /// The minutes without a request after which a session of a browser is over.
  package static let sessionIdleMinutes = whole(
    "session_idle_minutes", 30, 5...10_080,
    effect:
      "minutes without a request after which a session of a browser is over, unless the user stays signed in",
    atStart: true
  )
}
