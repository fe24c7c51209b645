public import Contacts

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
  public var category: Contacts.Category?
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
  public var dates: RecordDates
  /// How its last full rebuild went.
  public var build: SegmentBuild

  /// The filters as the wire shows them (api.md 8.3); old ones that cannot be read as they are stored.
  public var wireFilters: JSONValue {
    do throws(FilterProblems) {
      return try SegmentFilters(json: filters).wire(edited: filtersEdited)
    } catch {
      return filters
    }
  }

  /// Whether the members are only those added by hand.
  public var isStatic: Bool { filters == .array([]) }
}
