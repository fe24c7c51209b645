package import Foundation

/// An engagement: something that a contact did (CAM-402).
package struct CampaignEngagement: Sendable, Codable, Equatable {
  /// The type of decisions that it can decide, such as `email.open`.
  package var type: String
  /// The contact.
  package var contact: Int64
  /// The instant at which it happened, not the time of processing (CAM-404).
  package var at: Date
  /// The records it is about: an e-mail with its translations and variants, a form, a page.
  package var objects: Set<Int64>
  /// The address it is about: a page, a clicked link.
  package var url: String?
  /// Further details by name, such as `referer` or `device_type`.
  package var details: [String: String]

  package init(
    type: String, contact: Int64, at: Date, objects: Set<Int64> = [], url: String? = nil,
    details: [String: String] = [:]
  ) {
    self.type = type
    self.contact = contact
    self.at = at
    self.objects = objects
    self.url = url
    self.details = details
  }
}
