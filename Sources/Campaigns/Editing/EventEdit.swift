import Contacts
import Foundation

/// Computes the events of a campaign after an edit.
struct EventEdit {
  let edit: CampaignEdit
  /// The events before the edit.
  let before: [CampaignEvent]
  let settings: CampaignSettings

  /// - Throws: ``CampaignError``.
  func plan() async throws -> EventPlan {
    guard let inputs = edit.input.events else {
      let events = edit.isReplacing ? [] : before
      return EventPlan(edit: edit, before: before, events: events, ids: [:])
    }
    let known = Dictionary(before.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    let ids = try await ids(inputs, known)
    let (events, problems) = merge(inputs, ids, known)
    var placement = EventPlacement(events, ids: ids, canvas: edit.input.canvas)
    placement.place(inputs)
    placement.resolveJumps()
    let faults = problems + placement.problems
    if !faults.isEmpty {
      var input = InvalidInput("events", "")
      input.problems = faults
      throw CampaignError.refused(input)
    }
    return EventPlan(
      edit: edit, before: before, events: placement.events.values.sorted { $0.id < $1.id },
      ids: ids)
  }

  /// Returns the events merged with the members given by the request, and their problems.
  private func merge(
    _ inputs: [EventInput], _ ids: [EventReference: Int64], _ known: [Int64: CampaignEvent]
  ) -> (events: [Int64: CampaignEvent], problems: [InvalidInput.Problem]) {
    let context = EventMerger.Context(
      isReplacing: edit.isReplacing, timeZone: settings.timeZone, types: edit.editor.engine.types)
    var events: [Int64: CampaignEvent] = edit.isReplacing ? [:] : known
    var problems: [InvalidInput.Problem] = []
    var named: Set<Int64> = []
    for (index, input) in inputs.enumerated() {
      guard let id = ids[input.reference] else { continue }
      var merger = EventMerger(context, id: id, input, old: known[id], index: index)
      var faults = ["id: occurs twice"]
      if named.insert(id).inserted {
        if let event = merger.event() { events[id] = event }
        faults = merger.problems
      }
      problems += faults.map { .init(member: "events", message: "“\(merger.name)”: \($0)") }
    }
    return (events, problems)
  }

  /// Returns the ids of the events in the request; new ones are assigned here, so that references resolve.
  private func ids(
    _ inputs: [EventInput], _ known: [Int64: CampaignEvent]
  ) async throws -> [EventReference: Int64] {
    var ids: [EventReference: Int64] = [:]
    var new: [EventReference] = []
    for input in inputs where ids[input.reference] == nil {
      // An id of another campaign, as in a copied event, makes a new event.
      if case .id(let id) = input.reference, known[id] != nil {
        ids[input.reference] = id
      } else if !new.contains(input.reference) {
        new.append(input.reference)
      }
    }
    if new.count > GraphCheck.mostEvents {
      throw CampaignError.refused(
        InvalidInput("events", "a campaign has at most \(GraphCheck.mostEvents) events"))
    }
    guard !new.isEmpty else { return ids }
    let store = CampaignWriteStore(connection: edit.connection, campaign: edit.id, now: edit.now)
    for (reference, id) in zip(new, try await store.newEventIDs(new.count)) { ids[reference] = id }
    return ids
  }
}
