import Contacts
import Foundation

/// Works out the events of a campaign after an edit.
struct EventEdit {
  let edit: CampaignEdit
  /// The events as they are.
  let before: [CampaignEvent]
  let settings: CampaignSettings

  /// - Throws: ``CampaignError``.
  func plan() async throws -> EventPlan {
    guard let inputs = edit.input.events else {
      let events = edit.isReplacing ? [] : before
      return EventPlan(edit: edit, before: before, events: events, numbers: [:])
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
      numbers: ids)
  }

  /// The events with the members that the request gives, and what is wrong with these.
  private func merge(
    _ inputs: [EventInput], _ ids: [EventReference: Int64], _ known: [Int64: CampaignEvent]
  ) -> (events: [Int64: CampaignEvent], problems: [InvalidInput.Problem]) {
    let context = EventMerger.Context(
      isReplacing: edit.isReplacing, isTrusted: edit.isTrusted, timeZone: settings.timeZone,
      types: edit.editor.engine.types)
    var events: [Int64: CampaignEvent] = edit.isReplacing ? [:] : known
    var problems: [InvalidInput.Problem] = []
    var named: Set<Int64> = []
    for (place, input) in inputs.enumerated() {
      guard let id = ids[input.reference] else { continue }
      var merger = EventMerger(context, id: id, input, old: known[id], place: place)
      var faults = ["id: occurs twice"]
      if named.insert(id).inserted {
        if let event = merger.event() { events[id] = event }
        faults = merger.problems
      }
      problems += faults.map { .init(member: "events", message: "“\(merger.name)”: \($0)") }
    }
    return (events, problems)
  }

  /// The ids of the events named; new ones get theirs here, so that they can be put in everywhere.
  private func ids(
    _ inputs: [EventInput], _ known: [Int64: CampaignEvent]
  ) async throws -> [EventReference: Int64] {
    var ids: [EventReference: Int64] = [:]
    var new: [EventReference] = []
    for input in inputs where ids[input.reference] == nil {
      // An id of another campaign, as in what was read there, makes a new event.
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
