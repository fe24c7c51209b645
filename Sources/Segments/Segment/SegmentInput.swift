package import Primitives

/// The input for a segment; nil for members not given.
package struct SegmentInput: Sendable, Equatable {
  /// The name; markup is removed.
  package var name: String?
  /// The name that contacts see; blank means the name.
  package var publicName: String?
  /// The alias; blank means one derived from the name (SEG-01).
  package var alias: String?
  /// The description; an empty text clears it.
  package var description: String?
  /// The category's id; the inner nil clears it.
  package var category: Int64??
  /// Whether it is published.
  package var isPublished: Bool?
  /// Whether all users see it.
  package var isGlobal: Bool?
  /// Whether contacts may enter and leave it on a preference page.
  package var isPreferenceCenter: Bool?
  /// The filters, an array as clients send it.
  package var filters: JSONValue?

  /// Creates an input, empty or with a name and filters.
  package init(name: String? = nil, filters: JSONValue? = nil) {
    self.name = name
    self.filters = filters
  }

  /// The input with defaults for missing members, for a replacement (PUT) or a new segment.
  var complete: SegmentInput {
    var complete = self
    complete.name = name ?? ""
    complete.publicName = publicName ?? ""
    complete.alias = alias ?? ""
    complete.description = description ?? ""
    complete.category = .some(category ?? nil)
    complete.isPublished = isPublished ?? true
    complete.isGlobal = isGlobal ?? true
    complete.isPreferenceCenter = isPreferenceCenter ?? false
    complete.filters = filters ?? .array([])
    return complete
  }
}
