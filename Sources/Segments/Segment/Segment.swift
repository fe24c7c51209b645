public import Contacts
public import Foundation

/// A named group of contacts (segments.md 2.1): those who match its filters, corrected by hand.
public struct Segment: Sendable, Identifiable, Equatable {
  /// The segment's number.
  public var id: Int64
  /// The name.
  public var name: String
  /// The name that contacts see.
  public var publicName: String
  /// The name in searches, unique (SEG-01).
  public var alias: String
  /// What it is for; HTML.
  public var description: String?
  /// The category it is filed under.
  public var category: SegmentCategory?
  /// Whether it is in use; one that is not is not rebuilt (SEG-93).
  public var isPublished: Bool
  /// Whether all users see it, or only who created it.
  public var isGlobal: Bool
  /// Whether contacts may enter and leave it on a preference page.
  public var isPreferenceCenter: Bool
  /// The filters in canonical form, an array; empty for a static segment (segments.md 3).
  public var filters: JSONValue
  /// Whether the filters were edited since the segment was created (api.md 8.3).
  public var filtersEdited: Bool
  /// Who made it and who changed it, and when.
  public var dates: SegmentDates
  /// How its last full rebuild went.
  public var build: SegmentBuild

  /// Whether the members are only those added by hand.
  public var isStatic: Bool { filters == .array([]) }
}

/// The short form of a segment's category (api.md 4).
public struct SegmentCategory: Sendable, Identifiable, Equatable {
  /// The category's number.
  public var id: Int64
  /// The name.
  public var title: String
  /// The name in searches.
  public var alias: String
  /// What it is for.
  public var description: String?
  /// The colour, six hexadecimal digits.
  public var color: String?
  /// What it files: `segment` or `global`.
  public var bundle: String
}

/// When a segment was made and changed, and by whom.
public struct SegmentDates: Sendable, Equatable {
  /// The instant of its creation.
  public var added: Date
  /// The user who created it; nil for the system.
  public var createdBy: Int64?
  /// That user's name at the time.
  public var createdByUser: String?
  /// The instant of the last edit; nil before the first.
  public var modified: Date?
  /// The user of the last edit.
  public var modifiedBy: Int64?
  /// That user's name at the time.
  public var modifiedByUser: String?
}
