extension SettingWords {
  /// What settings of tracking and access are called.
  static let web: [String: Words] = [
    "contact_unique_identifiers_operator": (
      "Identifiers that must agree",
      "When a visitor gives several unique fields."
    ),
    "track_contact_by_ip": (
      "Recognise visitors by their address",
      "An unknown browser is taken for the contact last seen at its address."
    ),
    "track_by_tracking_url": (
      "Believe links without proof",
      "Links of old e-mails name a contact without a signature; anybody can make such a link."
    ),
    "ip_lookup_database": (
      "Database of places",
      "Path of a file in MaxMind's format, where the workers run. Empty: none."
    ),
    "page_hit_days": (
      "Days page hits are kept",
      "0 keeps them for ever."
    ),
    "device_days": (
      "Days until an idle device is forgotten",
      "0 never forgets."
    ),
    "privacy_signals": (
      "Visitors who do not wish to be tracked",
      "Browsers say so by Global Privacy Control or Do Not Track."
    ),
    "obey_do_not_track": (
      "Heed the parameter do_not_track",
      "The script tells what the browser wishes; if on, it counts as such a signal."
    ),
    "anonymize_ip": (
      "Do not keep addresses",
      "IP addresses of visitors are not stored, and no place is looked up."
    ),
    "track_private_ip_ranges": (
      "Keep private addresses",
      "If off, visitors from private networks are recorded under 127.0.0.1."
    ),
    "ignore_private_ips": (
      "Leave private networks out",
      "Hits from private networks are not recorded."
    ),
    "do_not_track_internal_ips": (
      "Your own people",
      "Addresses, networks and patterns with *, one a line, that are not tracked."
    ),
    "do_not_track_ips": (
      "Other addresses that are not tracked",
      "Addresses, networks and patterns with *, one a line."
    ),
    "do_not_track_bots": (
      "Bots",
      "Words of user agents, one a line, that are not tracked."
    ),
    "cors_restrict_domains": (
      "Only listed websites may read answers",
      "If off, scripts of any website learn who their visitor is."
    ),
    "cors_valid_domains": (
      "Websites that may read answers",
      "Such as https://www.example.com, one a line; * stands for any characters."
    ),
    "cookie_domain": (
      "Domain of cookies",
      "Such as example.com, for all its hosts. Empty: the host of this installation alone."
    ),
    "cookie_path": (
      "Path of cookies",
      ""
    ),
    "cookie_secure": (
      "Cookies over https alone",
      "Switch it off only to try things out over http."
    ),
    "cookie_httponly": (
      "Hide cookies from scripts",
      "Of the pages of this installation."
    ),
    "google_analytics_id": (
      "Id at Google Analytics",
      "Such as G-AB12CD34EF. Empty: none."
    ),
    "google_analytics_trackingpage_enabled": (
      "Google Analytics on your websites",
      "The tracking script loads it."
    ),
    "google_analytics_landingpage_enabled": (
      "Google Analytics on landing pages",
      "The script of landing pages loads it."
    ),
    "google_analytics_anonymize_ip": (
      "Have Google shorten addresses",
      ""
    ),
    "facebook_pixel_id": (
      "Id of Facebook's pixel",
      "5 to 20 digits. Empty: none."
    ),
    "facebook_pixel_trackingpage_enabled": (
      "Facebook's pixel on your websites",
      "The tracking script loads it."
    ),
    "facebook_pixel_landingpage_enabled": (
      "Facebook's pixel on landing pages",
      "The script of landing pages loads it."
    ),
    "api_enabled": (
      "The API answers",
      "If off, only the pages of this installation go on."
    ),
    "api_enable_basic_auth": (
      "Names and passwords for the API",
      "If off, the API takes tokens alone."
    ),
    "api_rate_limit": (
      "Requests of a user in a minute",
      "0 for no limit."
    ),
    "api_token_rate_limit": (
      "Requests with one token in a minute",
      "0 for no limit."
    ),
    "form_rate_limit": (
      "Submissions of forms in a minute",
      "From one address; 0 for no limit."
    ),
    "api_page_limit": (
      "Most rows of a page",
      "Of lists of the API."
    ),
    "idempotency_hours": (
      "Hours an Idempotency-Key is remembered",
      "The same request gets the same answer for so long."
    ),
    "api_oauth2_access_token_lifetime": (
      "Minutes an access token is good",
      "Of OAuth clients."
    ),
    "api_oauth2_refresh_token_lifetime": (
      "Days a refresh token is good",
      "Of OAuth clients."
    ),
    "session_idle_minutes": (
      "Minutes until an idle session ends",
      "A session without a request for so long asks for the password again, unless the user stays signed in."
    ),
    "openid_issuer": (
      "Provider of sign-ins",
      "Issuer by OpenID Connect, exactly as its documents name it. Empty: none."
    ),
    "openid_client_id": (
      "Client id",
      "What the provider calls this installation. The secret stands in the environment."
    ),
    "openid_name": (
      "Name of the provider",
      "On the page to sign in. Empty: the host of the issuer."
    ),
    "openid_link_by_email": (
      "Know users by their verified address",
      "An address that the provider has verified leads to the user who has it."
    ),
    "openid_create_users": (
      "Create users who are new",
      "Whoever the provider lets in becomes a user."
    ),
    "openid_role": (
      "Role of created users",
      "The id of a role, never that of administrators."
    ),
  ]
}
