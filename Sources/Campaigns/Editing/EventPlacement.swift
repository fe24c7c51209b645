import Contacts
import Primitives

/// Assigns the events of an edit to their parents.
struct EventPlacement {
  private typealias Parent = (parent: Int64, path: Bool?)

  /// The ids of the events by the names of the request.
  let ids: [EventReference: Int64]
  /// The builder's settings in the request.
  let canvas: JSONValue?
  private(set) var events: [Int64: CampaignEvent]
  private(set) var problems: [InvalidInput.Problem] = []

  init(_ events: [Int64: CampaignEvent], ids: [EventReference: Int64], canvas: JSONValue?) {
    self.events = events
    self.ids = ids
    self.canvas = canvas
  }

  /// Assigns events to parents: by `parent`, by the parent's `children`, or by the builder's lines.
  mutating func place(_ inputs: [EventInput]) {
    let parents = parents(inputs)
    for input in inputs {
      guard let id = ids[input.reference], var event = events[id] else { continue }
      switch input.parent {
      case .some(.some(let reference)):
        guard let parent = ids[reference] ?? known(reference) else {
          problems.append(
            .init(
              member: "events",
              message: "\(EventCheck.name(event)): its parent is no event of the campaign"))
          continue
        }
        event.parent = parent
      case .some(.none): event.parent = parents[id]?.parent
      case .none: event.parent = parents[id]?.parent ?? event.parent
      }
      if let path = input.path {
        switch path?.lowercased() {
        case "yes"?: event.path = true
        case "no"?: event.path = false
        default: event.path = nil
        }
      }
      if event.path == nil { event.path = parents[id]?.path }
      events[id] = event
    }
    moveNamedChildren(inputs, parents)
    dropIdlePaths()
  }

  /// Returns the parents by event, from lists of children and the builder's lines.
  private func parents(_ inputs: [EventInput]) -> [Int64: Parent] {
    var parents = lines()
    for input in inputs {
      guard let id = ids[input.reference] else { continue }
      for child in input.children {
        guard let child = ids[child] ?? known(child) else { continue }
        parents[child] = (id, parents[child]?.path)
      }
    }
    return parents
  }

  /// Moves events that the request mentions only as children.
  private mutating func moveNamedChildren(_ inputs: [EventInput], _ parents: [Int64: Parent]) {
    let named = Set(ids.values)
    for (child, place) in parents where !named.contains(child) {
      events[child]?.parent = place.parent
    }
  }

  /// Clears paths elsewhere than below decisions and conditions (CAM-003).
  private mutating func dropIdlePaths() {
    for (id, event) in events {
      guard let parent = event.parent, let above = events[parent] else {
        if event.parent == nil { events[id]?.path = nil }
        continue
      }
      if above.kind == .action { events[id]?.path = nil }
    }
  }

  private func known(_ reference: EventReference) -> Int64? {
    if case .id(let id) = reference, events[id] != nil { id } else { nil }
  }

  /// Returns the builder's connections that join two events.
  private func lines() -> [Int64: Parent] {
    guard case .array(let connections)? = canvas?["connections"] else { return [:] }
    var parents: [Int64: Parent] = [:]
    for line in connections {
      guard let source = EventReference(line["sourceId"]).flatMap({ ids[$0] }),
        let target = EventReference(line["targetId"]).flatMap({ ids[$0] })
      else { continue }
      let anchor = line["anchors"]?["source"]?.text
      parents[target] = (source, anchor == "yes" ? true : anchor == "no" ? false : nil)
    }
    return parents
  }

  /// Resolves jumps to events that are new in this request.
  mutating func resolveJumps() {
    for (id, event) in events where event.type == EventType.jump {
      guard case .object(var members) = event.properties,
        let reference = EventReference(members["jumpToEvent"]), let target = ids[reference]
      else { continue }
      members["jumpToEvent"] = .integer(target)
      events[id]?.properties = .object(members)
    }
  }
}
