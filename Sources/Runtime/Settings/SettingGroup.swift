/// What settings belong to, in the order of the listing.
package enum SettingGroup: String, Sendable {
  /// What is about no single part.
  case general
  /// Uploaded files.
  case files
  /// Contacts, companies and their fields.
  case contacts
  /// Segments.
  case segments
  /// Imports and exports.
  case transfer
  /// Campaigns.
  case campaigns
  /// What e-mails say of the sender, and what they hold.
  case email
  /// How much is sent, and how fast.
  case delivery
  /// Unsubscribing, and the preference centre.
  case preferences
  /// Telling machines from people in e-mails.
  case machines
  /// Who the visitors of pages are, and how long that is kept.
  case visitors
  /// Whom tracking leaves out, and what it does not keep.
  case privacy
  /// Other sites that may be tracked from, and cookies.
  case sites
  /// Services of others that pages tell of visits.
  case services
  /// Who may call the API, and how often.
  case api
  /// Logging in with a browser.
  case login
}
