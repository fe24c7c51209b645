import Contacts
import Foundation
import Postgres

/// Works out what the events of a campaign become by an edit.
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
    let numbers = try await numbers(inputs, known)
    var events: [Int64: CampaignEvent] = edit.isReplacing ? [:] : known
    var problems: [InvalidInput.Problem] = []
    func refuse(_ name: String, _ message: String) {
      problems.append(.init(member: "events", message: "“\(name)”: \(message)"))
    }
    var named: Set<Int64> = []
    for (place, input) in inputs.enumerated() {
      guard let id = numbers[input.reference] else { continue }
      let old = known[id]
      let name = input.name.map(CleanText.plain) ?? old?.name ?? ""
      guard named.insert(id).inserted else {
        refuse(name, "id: occurs twice")
        continue
      }
      for problem in faults(of: input, name) { refuse(name, problem) }
      guard let type = input.type ?? old?.type, !type.isEmpty else {
        refuse(name, "type: is required")
        continue
      }
      let standard = edit.editor.engine.types[type]?.kind
      if let kind = input.kind, !kind.isEmpty, EventKind(rawValue: kind) == nil {
        refuse(
          name, "eventType: \(InvalidInput.shown(kind)) is none of action, decision, condition")
        continue
      }
      let kind = input.kind.flatMap(EventKind.init(rawValue:)) ?? old?.kind ?? standard
      guard let kind else {
        refuse(name, "eventType: is none of action, decision, condition")
        continue
      }
      if let old, old.type != type || old.kind != kind {
        // CAM-624.
        refuse(name, "type and eventType of an event cannot be changed; replace it by a new one")
        continue
      }
      // A parent that is not named anew stays, and is missed if it goes (CAM-632).
      var event = CampaignEvent(
        id: id, parent: old?.parent, path: old?.path, kind: kind, type: type,
        name: name.isEmpty ? type : String(name.prefix(191)))
      event.description =
        input.description.map { $0.map(CleanText.html) }
        ?? (edit.isReplacing ? nil : old?.description)
      event.position = input.position ?? old?.position ?? place + 1
      event.properties = input.properties ?? old?.properties ?? .object([:])
      event.channel = input.channel ?? old?.channel
      event.channelID = input.channelID ?? old?.channelID
      var reader = TriggerReader(zone: settings.timeZone)
      var trigger = old?.trigger ?? Trigger()
      if edit.isReplacing, !input.trigger.isEmpty { trigger = Trigger() }
      reader.read(input.trigger, into: &trigger)
      event.trigger = trigger
      for problem in reader.problems { refuse(name, problem) }
      if type == EventType.sendEmail, let email = event.properties["email"]?.int {
        event.channel = "email"
        event.channelID = Int64(email)
      }
      events[id] = event
    }
    try place(inputs, numbers, &events, &problems)
    resolveJumps(numbers, &events)
    if !problems.isEmpty {
      var input = InvalidInput("events", "")
      input.problems = problems
      throw CampaignError.refused(input)
    }
    return EventPlan(
      edit: edit, before: before, events: events.values.sorted { $0.id < $1.id }, numbers: numbers)
  }

  /// What of an event is not what it must be. Copies and imports are taken as they are, as far as that can be stored.
  private func faults(of input: EventInput, _ name: String) -> [String] {
    let texts: [(String, String?, limit: Int)] = [
      ("name", name, 191), ("type", input.type, 191),
      ("description", input.description ?? nil, 65_535),
      ("channel", input.channel ?? nil, 191),
    ]
    var problems = texts.filter { $0.1?.contains("\0") ?? false }.map {
      "\($0.0): not valid text"
    }
    if let part = input.properties?.unstorable("properties") {
      problems.append("\(part): not valid text")
    }
    guard !edit.isTrusted else { return problems }
    problems += input.problems
    for (member, text, limit) in texts {
      guard let text, text.unicodeScalars.count > limit else { continue }
      problems.append("\(member): \(InvalidInput.shown(text)) is longer than \(limit) characters")
    }
    if let position = input.position, Int32(exactly: position) == nil {
      problems.append("order: \(position) is no number of 32 bits")
    }
    return problems
  }

  /// The numbers of the events named; new ones get theirs here, so that they can be put in everywhere.
  private func numbers(
    _ inputs: [EventInput], _ known: [Int64: CampaignEvent]
  ) async throws -> [EventReference: Int64] {
    var numbers: [EventReference: Int64] = [:]
    var new: [EventReference] = []
    for input in inputs where numbers[input.reference] == nil {
      // A number of another campaign, as in what was read there, makes a new event.
      if case .id(let id) = input.reference, known[id] != nil {
        numbers[input.reference] = id
      } else if !new.contains(input.reference) {
        new.append(input.reference)
      }
    }
    if new.count > GraphCheck.mostEvents {
      throw CampaignError.refused(
        InvalidInput("events", "a campaign has at most \(GraphCheck.mostEvents) events"))
    }
    guard !new.isEmpty else { return numbers }
    let rows = try await edit.connection.query(
      """
      SELECT nextval(pg_get_serial_sequence('campaign_events', 'id'))
      FROM generate_series(1, \(new.count))
      """)
    for (reference, row) in zip(new, rows) { numbers[reference] = try row.decode(at: 0) }
    return numbers
  }

  /// Puts events under their parents: by `parent`, by the parent's `children`, or by the builder's lines.
  private func place(
    _ inputs: [EventInput], _ numbers: [EventReference: Int64],
    _ events: inout [Int64: CampaignEvent],
    _ problems: inout [InvalidInput.Problem]
  ) throws {
    var parents: [Int64: (parent: Int64, path: Bool?)] = lines(numbers)
    for input in inputs {
      guard let id = numbers[input.reference] else { continue }
      for child in input.children {
        guard let child = numbers[child] ?? known(child, events) else { continue }
        parents[child] = (id, parents[child]?.path)
      }
    }
    for input in inputs {
      guard let id = numbers[input.reference], var event = events[id] else { continue }
      switch input.parent {
      case .some(.some(let reference)):
        guard let parent = numbers[reference] ?? known(reference, events) else {
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
    // Children that the request names only so move too.
    let named = Set(numbers.values)
    for (child, place) in parents where !named.contains(child) {
      events[child]?.parent = place.parent
    }
    for (id, event) in events {
      // A path means something below decisions and conditions alone (CAM-003).
      guard let parent = event.parent, let above = events[parent] else {
        if event.parent == nil { events[id]?.path = nil }
        continue
      }
      if above.kind == .action { events[id]?.path = nil }
    }
  }

  private func known(_ reference: EventReference, _ events: [Int64: CampaignEvent]) -> Int64? {
    if case .id(let id) = reference, events[id] != nil { id } else { nil }
  }

  /// The connections of the builder that join two events.
  private func lines(
    _ numbers: [EventReference: Int64]
  ) -> [Int64: (parent: Int64, path: Bool?)] {
    guard case .array(let connections)? = edit.input.canvas?["connections"] else { return [:] }
    var parents: [Int64: (parent: Int64, path: Bool?)] = [:]
    for line in connections {
      guard let source = EventReference(line["sourceId"]).flatMap({ numbers[$0] }),
        let target = EventReference(line["targetId"]).flatMap({ numbers[$0] })
      else { continue }
      let anchor = line["anchors"]?["source"]?.text
      parents[target] = (source, anchor == "yes" ? true : anchor == "no" ? false : nil)
    }
    return parents
  }

  /// Jumps to events that are new in this request name them as it does.
  private func resolveJumps(
    _ numbers: [EventReference: Int64], _ events: inout [Int64: CampaignEvent]
  ) {
    for (id, event) in events where event.type == EventType.jump {
      guard case .object(var members) = event.properties,
        let reference = EventReference(members["jumpToEvent"]), let target = numbers[reference]
      else { continue }
      members["jumpToEvent"] = .integer(target)
      events[id]?.properties = .object(members)
    }
  }
}

/// What becomes of the events, and how it is written.
struct EventPlan {
  let edit: CampaignEdit
  let before: [CampaignEvent]
  let events: [CampaignEvent]
  /// The numbers of the events by the names of the request.
  let numbers: [EventReference: Int64]

  /// Events that are no longer in the graph: what is open of them is cancelled (CAM-631).
  var cancelled: [Int64] {
    Set(before.map(\.id)).subtracting(events.map(\.id)).sorted()
  }

  /// Decisions whose deadlines are other ones now (CAM-415).
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

  /// The builder's settings with the events' numbers in them.
  func canvas(_ canvas: JSONValue) -> JSONValue {
    guard !numbers.isEmpty else { return canvas }
    func number(_ value: JSONValue?) -> JSONValue? {
      guard let reference = EventReference(value), let id = numbers[reference] else { return value }
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

  func write() async throws {
    let (connection, campaign, now) = (edit.connection, edit.id, edit.now)
    if !cancelled.isEmpty {
      try await connection.query(
        "UPDATE campaign_events SET deleted_at = \(now) WHERE id = ANY (\(cancelled))")
    }
    let changed = events.filter { !before.contains($0) }
    guard !changed.isEmpty else { return }
    let properties = try changed.map { try JSON($0.properties) }
    let triggers = try changed.map { try JSON($0.trigger) }
    try await connection.query(
      """
      INSERT INTO campaign_events (id, campaign_id, parent_id, path, kind, type, name, description,
        position, properties, trigger, channel, channel_id)
      SELECT id, \(campaign), parent, path, kind, type, name, description, position, properties,
        trigger, channel, channel_id
      FROM unnest(\(changed.map(\.id)), \(changed.map(\.parent))::bigint[],
        \(changed.map(\.path))::boolean[], \(changed.map(\.kind.rawValue)), \(changed.map(\.type)),
        \(changed.map(\.name)), \(changed.map(\.description))::text[],
        \(changed.map { Int32(clamping: $0.position) }), \(properties), \(triggers),
        \(changed.map(\.channel))::text[], \(changed.map(\.channelID))::bigint[])
        AS event (id, parent, path, kind, type, name, description, position, properties, trigger,
          channel, channel_id)
      ORDER BY id
      ON CONFLICT (id) DO UPDATE SET parent_id = excluded.parent_id, path = excluded.path,
        name = excluded.name, description = excluded.description, position = excluded.position,
        properties = excluded.properties, trigger = excluded.trigger, channel = excluded.channel,
        channel_id = excluded.channel_id
      """)
  }
}
