package import Contacts
package import Primitives

/// A named group of contacts (segments.md 2.1): those who match its filters, corrected by hand.
package struct Segment: Sendable, Identifiable, Equatable {
  /// The segment's id.
  package var id: Int64
  package var name: String
  /// The name that contacts see.
  package var publicName: String
  /// The name in searches, unique (SEG-01).
  package var alias: String
  /// What it is for; HTML.
  package var description: String?
  /// The category it is filed under.
  package var category: Contacts.Category?
  /// Whether it is in use; one that is not is not rebuilt (SEG-93).
  package var isPublished: Bool
  /// Whether all users see it, or only who created it.
  package var isGlobal: Bool
  /// Whether contacts may enter and leave it on a preference page.
  package var isPreferenceCenter: Bool
  /// The filters in canonical form, an array; empty for a static segment (segments.md 3).
  package var filters: JSONValue
  /// Whether the filters were edited since the segment was created (api.md 8.3).
  package var filtersEdited: Bool
  /// Who made it and who changed it, and when.
  package var dates: RecordDates
  /// How its last full rebuild went.
  package var build: SegmentBuild

  /// The filters as the wire shows them (api.md 8.3); old ones that cannot be read as they are stored.
  package var wireFilters: JSONValue {
    do throws(FilterProblems) {
      return try SegmentFilters(json: filters).wire(edited: filtersEdited)
    } catch {
      return filters
    }
  }

  /// Whether the members are only those added by hand.
  package var isStatic: Bool { filters == .array([]) }
}
