package import Primitives

/// What somebody says about a segment; nil where nothing is said.
package struct SegmentInput: Sendable, Equatable {
  /// The name; markup is taken out.
  package var name: String?
  /// The name that contacts see; blank means the name.
  package var publicName: String?
  /// The alias; blank means one derived from the name (SEG-01).
  package var alias: String?
  /// What it is for; an empty text is none.
  package var description: String?
  /// The category's number; the inner nil clears it.
  package var category: Int64??
  /// Whether it is in use.
  package var isPublished: Bool?
  /// Whether all users see it.
  package var isGlobal: Bool?
  /// Whether contacts may enter and leave it on a preference page.
  package var isPreferenceCenter: Bool?
  /// The filters, an array as clients send it.
  package var filters: JSONValue?

  /// Nothing, or only a name and filters.
  package init(name: String? = nil, filters: JSONValue? = nil) {
    self.name = name
    self.filters = filters
  }

  /// The same with the defaults where nothing is said, as a replacement (PUT) and a new segment have it.
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
