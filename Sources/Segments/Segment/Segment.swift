package import Contacts
package import Primitives

/// A named group of contacts (segments.md 2.1): those that match its filters, with manual changes.
package struct Segment: Sendable, Identifiable, Equatable {
  /// The segment's id.
  package var id: Int64
  package var name: String
  /// The name that contacts see.
  package var publicName: String
  /// The unique name in searches (SEG-01).
  package var alias: String
  /// The description; HTML.
  package var description: String?
  /// The category.
  package var category: Contacts.Category?
  /// Whether it is published; an unpublished segment is not rebuilt (SEG-93).
  package var isPublished: Bool
  /// Whether all users see it, or only its creator.
  package var isGlobal: Bool
  /// Whether contacts may enter and leave it on a preference page.
  package var isPreferenceCenter: Bool
  /// The filters in canonical form, an array; empty for a static segment (segments.md 3).
  package var filters: JSONValue
  /// Whether the filters were edited since the segment was created (api.md 8.3).
  package var filtersEdited: Bool
  /// The creation and the last change: user and time.
  package var dates: RecordDates
  /// The result of its last full rebuild.
  package var build: SegmentBuild

  /// The filters in wire form (api.md 8.3); unreadable old ones as they are stored.
  package var wireFilters: JSONValue {
    do throws(FilterProblems) {
      return try SegmentFilters(json: filters).wire(edited: filtersEdited)
    } catch {
      return filters
    }
  }

  /// Whether the only members are those added by hand.
  package var isStatic: Bool { filters == .array([]) }
}
