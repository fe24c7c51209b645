/// Whether other parts send an e-mail, or it has recipients of its own.
package enum EmailType: String, Sendable, Codable {
  /// Sent by campaigns, forms, triggers and directly.
  case template
  /// Sent to the members of its segments, once to each (EML-130).
  case list
}
