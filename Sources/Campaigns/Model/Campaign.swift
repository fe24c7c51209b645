package import Contacts
package import Foundation
package import Primitives

/// A source of a campaign's contacts.
package struct CampaignSource: Sendable, Hashable, Codable {
  /// The kinds of sources.
  package enum Kind: String, Sendable, Codable, CaseIterable {
    case segment, form
  }

  /// Segment or form.
  package var kind: Kind
  package var id: Int64

  package init(_ kind: Kind, _ id: Int64) {
    self.kind = kind
    self.id = id
  }
}

/// A campaign with its graph (campaigns.md 2.1).
package struct Campaign: Sendable, Identifiable {
  /// The campaign's id.
  package var id: Int64
  /// The name, 1 to 191 characters.
  package var name: String
  /// The description.
  package var description: String?
  /// The category.
  package var category: Contacts.Category?
  package var isPublished: Bool
  /// The start of publication.
  package var publishUp: Date?
  /// The end of publication.
  package var publishDown: Date?
  /// Whether contacts may run through it more than once.
  package var allowsRestart: Bool
  /// The version, which grows with each effective edit (CAM-620).
  package var version: Int64
  /// Positions and connections of the builder; execution ignores them.
  package var canvas: JSONValue
  /// The sources of its contacts.
  package var sources: [CampaignSource]
  /// Its events, in the order of their ids.
  package var events: [CampaignEvent]
  /// The creation and the last change: user and time.
  package var dates: RecordDates

  /// Whether it is live at an instant, apart from its category (CAM-601).
  package func isLive(at now: Date) -> Bool {
    isPublished && (publishUp.map { $0 <= now } ?? true) && (publishDown.map { $0 > now } ?? true)
  }
}
