public import Contacts
public import Foundation

/// What puts contacts into a campaign.
public struct CampaignSource: Sendable, Hashable, Codable {
  /// The kinds of sources.
  public enum Kind: String, Sendable, Codable, CaseIterable {
    case segment, form
  }

  /// Segment or form.
  public var kind: Kind
  /// Its number.
  public var id: Int64

  /// A source.
  public init(_ kind: Kind, _ id: Int64) {
    self.kind = kind
    self.id = id
  }
}

/// A campaign with its graph (campaigns.md 2.1).
public struct Campaign: Sendable, Identifiable {
  /// The campaign's number.
  public var id: Int64
  /// The name, 1 to 191 characters.
  public var name: String
  /// What it is for.
  public var description: String?
  /// The category it is filed under.
  public var category: Contacts.Category?
  /// The switch.
  public var isPublished: Bool
  /// From when on the switch counts.
  public var publishUp: Date?
  /// Until when the switch counts.
  public var publishDown: Date?
  /// Whether a contact may run through it more than once.
  public var allowsRestart: Bool
  /// Grows with each effective edit (CAM-620).
  public var version: Int64
  /// Positions and connections of the builder; nothing for execution.
  public var canvas: JSONValue
  /// What puts contacts into it.
  public var sources: [CampaignSource]
  /// Its events, in order of their numbers.
  public var events: [CampaignEvent]
  /// When it was made and changed.
  public var dates: RecordDates

  /// Whether it runs at an instant, its category aside (CAM-601).
  public func isLive(at now: Date) -> Bool {
    isPublished && (publishUp.map { $0 <= now } ?? true) && (publishDown.map { $0 > now } ?? true)
  }
}
