import Foundation
import Primitives

/// The events of a campaign after an edit.
struct EventPlan {
  let edit: CampaignEdit
  let before: [CampaignEvent]
  let events: [CampaignEvent]
  /// The ids of the events by the names of the request.
  let ids: [EventReference: Int64]

  /// Events that are no longer in the graph, whose open entries are cancelled (CAM-631).
  var cancelled: [Int64] {
    Set(before.map(\.id)).subtracting(events.map(\.id)).sorted()
  }

  /// Decisions whose deadlines change (CAM-415).
  var retimed: [Int64] {
    func timing(_ events: [CampaignEvent]) -> [Int64: [String]] {
      Dictionary(
        grouping: events.filter { $0.parent != nil && $0.path == false && $0.kind != .decision }
      ) { $0.parent ?? 0 }.mapValues { children in
        children.map { "\($0.id) \($0.trigger)" }.sorted()
      }
    }
    let (old, new) = (timing(before), timing(events))
    return events.filter { event in
      event.kind == .decision && before.contains { $0.id == event.id }
        && old[event.id] != new[event.id]
    }.map(\.id)
  }

  /// Returns the builder's settings with the ids of new events.
  func canvas(_ canvas: JSONValue) -> JSONValue {
    guard !ids.isEmpty else { return canvas }
    func number(_ value: JSONValue?) -> JSONValue? {
      guard let reference = EventReference(value), let id = ids[reference] else { return value }
      return .integer(id)
    }
    guard case .object(var members) = canvas else { return canvas }
    for (list, names) in [("nodes", ["id"]), ("connections", ["sourceId", "targetId"])] {
      guard case .array(let items)? = members[list] else { continue }
      members[list] = .array(
        items.map { item in
          guard case .object(var parts) = item else { return item }
          for name in names { parts[name] = number(parts[name]) }
          return .object(parts)
        })
    }
    return .object(members)
  }

  /// Writes the changes of the events.
  func write() async throws {
    let store = CampaignWriteStore(connection: edit.connection, campaign: edit.id, now: edit.now)
    if !cancelled.isEmpty { try await store.deleteEvents(cancelled) }
    let changed = events.filter { !before.contains($0) }
    if !changed.isEmpty { try await store.writeEvents(changed) }
  }
}
