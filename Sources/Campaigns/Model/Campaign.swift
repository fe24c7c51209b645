package import Contacts
package import Foundation

/// What puts contacts into a campaign.
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
  /// What it is for.
  package var description: String?
  /// The category it is filed under.
  package var category: Contacts.Category?
  package var isPublished: Bool
  /// From when on the switch counts.
  package var publishUp: Date?
  /// Until when the switch counts.
  package var publishDown: Date?
  /// Whether a contact may run through it more than once.
  package var allowsRestart: Bool
  /// Grows with each effective edit (CAM-620).
  package var version: Int64
  /// Positions and connections of the builder; nothing for execution.
  package var canvas: JSONValue
  /// What puts contacts into it.
  package var sources: [CampaignSource]
  /// Its events, in order of their numbers.
  package var events: [CampaignEvent]
  /// When it was made and changed.
  package var dates: RecordDates

  /// Whether it runs at an instant, its category aside (CAM-601).
  package func isLive(at now: Date) -> Bool {
    isPublished && (publishUp.map { $0 <= now } ?? true) && (publishDown.map { $0 > now } ?? true)
  }
}
