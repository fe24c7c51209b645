/// The type of an e-mail: sent by other modules, or to its own recipients.
package enum EmailType: String, Sendable, Codable {
  /// Sent by campaigns, forms, triggers and directly.
  case template
  /// Sent to the members of its segments, once to each (EML-130).
  case list
}
