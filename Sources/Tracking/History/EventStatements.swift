package import Contacts
import Foundation
import Postgres
import Primitives
package import Segments

extension TimelineSource {
  /// The events of apps and servers (CON-100).
  package static let events = TimelineSource(
    TimelineEventType(rawValue: "event.track"), from: "tracked_events", instant: "e.at",
    where: "e.contact_id IS NOT NULL", label: "e.name",
    details: """
      jsonb_build_object('messageId', e.message, 'event', e.name, 'properties', e.properties,
        'url', e.url, 'ipAddress', e.ip_address, 'writeKeyId', e.write_key_id)
      """)
}

extension FilterRegistry {
  /// Adds the filters on events of apps and servers (segments.md 6, SEG-69).
  package mutating func addEvents() {
    let rows: SQL = "tracked_events r WHERE r.contact_id = c.id"
    add([
      FilterField(
        "event_name", object: .behaviors, .text,
        operators: FilterKind.equality.union(FilterKind.patterns), topics: [.events],
        source: .related(rows, value: "r.name", .text)
      ).titled("Event: name", in: .web),
      FilterField(
        "event_date", object: .behaviors, .datetime,
        operators: FilterKind.equality.union(FilterKind.order), topics: [.events],
        source: .related(rows, value: "r.at", .instant)
      ).titled("Event: date", in: .web),
    ])
    add(refining: Self.count(rows, days: nil)) { properties throws(FilterProblem) in
      var rows = rows
      if let pattern = try Self.pattern(properties["event"]) {
        rows += " AND lower(r.name) LIKE \(pattern)"
      }
      return Self.count(rows, days: try Self.days(properties["days"]))
    }
  }

  private static func count(_ rows: SQL, days: Int?) -> FilterField {
    var field = FilterField(
      "event_count", object: .behaviors, .number,
      operators: FilterKind.order.union([.equal, .notEqual]), topics: [.events],
      source: .recentCount(at: "r.at", days: days) { conditions in
        "(SELECT count(*)::integer FROM \(sql: rows)\(sql: conditions))"
      }
    ).titled("Number of events", in: .web)
    field.refinements = [
      FilterRefinement("event", "Event, * for anything"),
      FilterRefinement("days", "Within days", isNumber: true),
    ]
    return field
  }

  /// The name of the event with `*` for any characters, as a pattern for LIKE; nil for any event.
  private static func pattern(_ value: JSONValue?) throws(FilterProblem) -> String? {
    guard let value, value != .null, value != .string("") else { return nil }
    guard let text = value.text, text.utf8.count <= 200 else {
      throw FilterProblem("the name of an event has at most 200 bytes", member: "event")
    }
    return text.lowercased().replacing("\\", with: "\\\\").replacing("%", with: "\\%")
      .replacing("_", with: "\\_").replacing("*", with: "%")
  }

  private static func days(_ value: JSONValue?) throws(FilterProblem) -> Int? {
    guard let value, value != .null, value != .string("") else { return nil }
    guard let days = value.int, (1...3_650).contains(days) else {
      throw FilterProblem("the number of days is between 1 and 3650", member: "days")
    }
    return days
  }
}
