import Foundation
import Segments

extension JSONValue {
  /// The entity `list` (API page, 8.3).
  init(_ segment: Segment) {
    self = [
      "isPublished": .bool(segment.isPublished), "dateAdded": JSONValue(segment.dates.added),
      "dateModified": JSONValue(segment.dates.modified),
      "createdBy": JSONValue(segment.dates.createdBy),
      "createdByUser": JSONValue(segment.dates.createdByUser),
      "modifiedBy": JSONValue(segment.dates.modifiedBy),
      "modifiedByUser": JSONValue(segment.dates.modifiedByUser), "id": .int(Int(segment.id)),
      "name": .string(segment.name), "publicName": .string(segment.publicName),
      "alias": .string(segment.alias), "description": JSONValue(segment.description),
      "category": JSONValue(segment.category), "filters": SegmentFiltersView.json(of: segment),
      "isGlobal": .bool(segment.isGlobal), "isPreferenceCenter": .bool(segment.isPreferenceCenter),
    ]
  }

  /// A category in short form (API page, 4), or null.
  init(_ category: SegmentCategory?) {
    guard let category else {
      self = .null
      return
    }
    self = [
      "id": .int(Int(category.id)), "title": .string(category.title),
      "alias": .string(category.alias), "description": JSONValue(category.description),
      "color": JSONValue(category.color), "bundle": .string(category.bundle),
    ]
  }

  /// How the segment's rebuilds go and how many members it has; ours.
  init(
    _ segment: Segment, members: Int, warnings: SegmentWarnings, now: Date
  ) {
    self = [
      "members": .int(members), "dateBuilt": JSONValue(segment.build.lastBuiltAt),
      "buildSeconds": segment.build.lastSeconds.map(JSONValue.double) ?? .null,
      "dateDue": JSONValue(segment.build.dueAt), "error": JSONValue(segment.build.error),
      "isStale": .bool(warnings.isStale(segment, now: now)),
      "isSlow": .bool(warnings.isSlow(segment)),
    ]
  }
}

/// Filters as the wire shows them: exactly the members that were sent; once the filters were edited, with
/// copies of the value and its label beside `properties` (API page, 8.3 and quirk 12).
enum SegmentFiltersView {
  /// In this order, as clients write them; others follow by name.
  private static let order = [
    "glue", "field", "object", "type", "operator", "properties", "filter", "display",
  ]

  static func json(of segment: Segment) -> JSONValue {
    guard case .array(let filters) = JSONValue(kept: segment.filters) else { return [] }
    return .array(filters.map { filter($0, edited: segment.filtersEdited) })
  }

  private static func filter(_ filter: JSONValue, edited: Bool) -> JSONValue {
    guard case .object(var members) = filter else { return filter }
    if case .object(let properties)? = members["properties"] {
      members["properties"] = ordered(properties)
    }
    if edited {
      let properties = members["properties"]
      members["filter"] = properties?["filter"] ?? .null
      members["display"] = properties?["display"] ?? .null
    }
    return ordered(members)
  }

  private static func ordered(_ members: JSONObject) -> JSONValue {
    var object = JSONObject()
    for name in order { if let value = members[name] { object.append(name, value) } }
    for member in members.members where !order.contains(member.key) {
      object.append(member.key, member.value)
    }
    return .object(object)
  }
}
