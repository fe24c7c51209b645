public import Contacts

/// What somebody says about a segment; nil where nothing is said.
public struct SegmentInput: Sendable, Equatable {
  /// The name; markup is taken out.
  public var name: String?
  /// The name that contacts see; blank means the name.
  public var publicName: String?
  /// The alias; blank means one derived from the name (SEG-01).
  public var alias: String?
  /// What it is for; an empty text is none.
  public var description: String?
  /// The category's number; the inner nil clears it.
  public var category: Int64??
  /// Whether it is in use.
  public var isPublished: Bool?
  /// Whether all users see it.
  public var isGlobal: Bool?
  /// Whether contacts may enter and leave it on a preference page.
  public var isPreferenceCenter: Bool?
  /// The filters, an array as clients send it.
  public var filters: JSONValue?

  /// Nothing, or only a name and filters.
  public init(name: String? = nil, filters: JSONValue? = nil) {
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
