import Foundation
import Segments

extension JSONValue {
  /// The entity `list` (API page, 8.3).
  init(_ segment: Segment) {
    self = .object(
      JSONObject(isPublished: segment.isPublished, segment.dates).with([
        "id": .int(Int(segment.id)), "name": .string(segment.name),
        "publicName": .string(segment.publicName), "alias": .string(segment.alias),
        "description": JSONValue(segment.description), "category": JSONValue(segment.category),
        "filters": SegmentFiltersView.json(of: segment), "isGlobal": .bool(segment.isGlobal),
        "isPreferenceCenter": .bool(segment.isPreferenceCenter),
      ]))
  }

  /// The state of the segment's rebuilds and its number of members; Martlet's own.
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

/// The order of a filter's members: as clients write them, others by name.
enum SegmentFiltersView {
  private static let order = [
    "glue", "field", "object", "type", "operator", "properties", "filter", "display",
  ]

  static func json(of segment: Segment) -> JSONValue {
    guard case .array(let filters) = JSONValue(kept: segment.wireFilters) else { return [] }
    return .array(filters.map(ordered))
  }

  private static func ordered(_ value: JSONValue) -> JSONValue {
    guard case .object(let members) = value else { return value }
    var object = JSONObject()
    for name in order {
      if let value = members[name] {
        object.append(name, name == "properties" ? ordered(value) : value)
      }
    }
    for member in members.members where !order.contains(member.key) {
      object.append(member.key, member.value)
    }
    return .object(object)
  }
}
