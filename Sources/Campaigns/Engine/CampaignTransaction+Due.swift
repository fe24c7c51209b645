import Foundation
import Postgres

extension CampaignTransaction {
  /// Executes what is due of an event: claims up to so many entries and runs them (CAM-903).
  ///
  /// One statement moves the entries to their end and hands them to this transaction alone; those that
  /// others hold are left to them. Membership is looked at under a lock in the same statement, so an exit
  /// that committed first always wins (CAM-128).
  ///
  /// - Returns: How many were taken.
  func runDue(_ event: CampaignEvent, limit: Int) async throws -> Int {
    let handler = engine.types[event.type]
    var path: SQL = "NULL::boolean"
    var unanswered: String?
    switch handler {
    case .outside: return 0
    case .decision: path = "false"
    case .condition(let condition):
      let (question, note) = try await question(condition, event)
      unanswered = note
      path = """
        coalesce((SELECT \(sql: question) FROM contacts c WHERE c.id = l.contact_id), false)
        """
    case .action, .jump, nil: break
    }
    family.takeUp()
    let claimed = try await claim(event, path: path, limit: limit)
    // After a jump a contact may have two entries of one event: the second sees what the first has done.
    let (first, again) = Self.firsts(claimed.entries)
    try await putBack(event, again.map { ($0, $0.fire) })
    let entries =
      event.kind == .decision
      ? try await checkDeadlines(event, first) : try await check(event, first)
    if !entries.isEmpty { try await run(event, handler, entries, unanswered: unanswered) }
    try await runJumps()
    if !again.isEmpty {
      gone = []
      return claimed.count - again.count + (try await runDue(event, limit: limit))
    }
    if claimed.count < limit { try await wakeForRest(event) }
    return claimed.count
  }

  /// What others held, or what has to wait for something else, is looked at again soon.
  private func wakeForRest(_ event: CampaignEvent) async throws {
    // By the order, so that it is one step in the index however many wait for a time to come.
    let rest = try await connection.query(
      """
      SELECT fire_at <= \(now) FROM campaign_log WHERE event_id = \(event.id) AND state < 2
      ORDER BY fire_at LIMIT 1
      """)
    let isDue: Bool = try rest.first?.decode(at: 0, as: Bool?.self) ?? false
    if isDue { wake(event.id, at: now.addingTimeInterval(1)) }
  }

  private func run(
    _ event: CampaignEvent, _ handler: EventTypes.Handler?, _ wave: [DueEntry], unanswered: String?
  ) async throws {
    let entries = wave.map(\.entry)
    switch handler {
    case .action(let action): try await act(action, event, entries)
    case .jump: try await jump(event, entries)
    case .condition:
      if let unanswered { try await note(event, entries, unanswered) }
      try await follow(
        event, wave.map { ($0.entry.runner, $0.path ?? false, $0.entry.isCurrent) })
    case .decision:
      count(
        event.id, .executed(false), entries.count, current: entries.count { $0.isCurrent })
      let deadlines = try await deadlines(event, wave.map { ($0.contact, $0.base) })
      try await takeNo(event, entries.map(\.runner), deadlines)
    case .outside: return
    case nil:
      try await note(event, entries, Note.unknownType(event.type))
      count(event.id, .executed(nil), entries.count, current: entries.count { $0.isCurrent })
      try await consider(graph.children(of: event, path: nil), entries.map(\.runner))
    }
  }

  // MARK: Claiming

  /// An entry that was claimed.
  struct DueEntry {
    var entry: Entry
    var base: Date
    var fire: Date
    var pinned: Bool
    var delayUsed: Bool
    var path: Bool?

    var contact: Int64 { entry.runner.contact }

    /// By contact; of one contact in the order of fire times (CAM-904).
    static func isBefore(_ left: DueEntry, _ right: DueEntry) -> Bool {
      (left.contact, left.fire, left.entry.rotation)
        < (right.contact, right.fire, right.entry.rotation)
    }
  }

  private func claim(
    _ event: CampaignEvent, path: SQL, limit: Int
  ) async throws -> (entries: [DueEntry], count: Int) {
    let state: Int16 = event.kind == .decision ? 1 : 0
    let rows = try await connection.query(
      """
      WITH due AS MATERIALIZED (
        SELECT l.place, l.contact_id, m.rotation AS present,
          m.is_active AND l.rotation >= m.first_rotation AS holds, \(sql: path) AS answer
        FROM (
          SELECT ctid AS place, contact_id, rotation FROM campaign_log
          WHERE event_id = \(event.id) AND state = \(state) AND state < 2 AND fire_at <= \(now)
            \(sql: whose) \(sql: turn(event))
          ORDER BY fire_at LIMIT \(limit) FOR UPDATE SKIP LOCKED
        ) AS l CROSS JOIN LATERAL (
          SELECT rotation, first_rotation, is_active FROM campaign_members AS m
          WHERE m.contact_id = l.contact_id AND m.campaign_id = \(campaign)
          FOR SHARE SKIP LOCKED
        ) AS m
      )
      UPDATE campaign_log AS l SET
        state = CASE WHEN due.holds THEN 3 ELSE 5 END,
        executed_at = CASE WHEN due.holds THEN \(now)::timestamptz END,
        path = CASE WHEN due.holds THEN due.answer END,
        cancel_reason = CASE WHEN NOT due.holds THEN 'left' END
      FROM due WHERE l.ctid = due.place
      RETURNING l.contact_id, l.rotation, due.present, due.holds, l.attempts, l.base_at, l.fire_at,
        l.pinned, l.delay_used, l.path
      """)
    var entries: [DueEntry] = []
    entries.reserveCapacity(rows.count)
    for row in rows where try row.decode(at: 3, as: Bool.self) {
      let runner = Enrollment(
        contact: try row.decode(at: 0), rotation: try row.decode(at: 2))
      entries.append(
        DueEntry(
          entry: Entry(
            runner, rotation: try row.decode(at: 1),
            attempts: Int(try row.decode(at: 4, as: Int16.self))),
          base: try row.decode(at: 5), fire: try row.decode(at: 6), pinned: try row.decode(at: 7),
          delayUsed: try row.decode(at: 8), path: try row.decode(at: 9)))
    }
    return (entries.sorted(by: DueEntry.isBefore), rows.count)
  }

  /// Leaves out the entries of contacts whom the engine does not serve.
  var whose: SQL { engine.contacts.map { "AND contact_id = ANY (\($0))" } ?? "" }

  /// Jumps run after whatever else is due for the contact by then (CAM-345).
  private func turn(_ event: CampaignEvent) -> SQL {
    guard case .jump? = engine.types[event.type] else { return "" }
    let jumps = graph.all.filter { $0.type == EventType.jump }.map(\.id)
    return """
      AND NOT EXISTS (SELECT FROM campaign_log o WHERE o.contact_id = campaign_log.contact_id
        AND o.campaign_id = \(campaign) AND o.state < 2 AND o.fire_at <= campaign_log.fire_at
        AND o.event_id <> ALL (\(jumps)) AND o.event_id = ANY (\(graph.all.map(\.id))))
      """
  }

  // MARK: The look at the fire time

  /// Puts back what the present settings or restrictions let fire later only (CAM-214 to CAM-216), and ends
  /// what has no date any more (CAM-218). Gives the rest.
  func check(_ event: CampaignEvent, _ entries: [DueEntry]) async throws -> [DueEntry] {
    let trigger = event.trigger
    if trigger.mode == .immediate { return entries }
    let free = entries.filter { !$0.pinned }
    guard !free.isEmpty else { return entries }
    let times = try await fireTimes(trigger, free.map { ($0.contact, $0.base, $0.delayUsed) })
    var back: [(DueEntry, Date?)] = []
    var dateless: [DueEntry] = []
    var kept: [DueEntry] = entries.filter(\.pinned)
    for entry in free {
      guard let planned = times[entry.contact] else {
        dateless.append(entry)
        continue
      }
      let time =
        isAhead(planned)
        ? planned : late(trigger, contact: entry.contact, due: min(now, max(planned, entry.fire)))
      if isAhead(time) { back.append((entry, time)) } else { kept.append(entry) }
    }
    try await putBack(event, back)
    if !dateless.isEmpty {
      try await connection.query(
        """
        UPDATE campaign_log AS l SET state = 3, executed_at = \(now), path = NULL,
          note = \(Note.noDate), lease_until = NULL, lease_token = NULL
        FROM unnest(\(dateless.map(\.contact)), \(dateless.map { Int32($0.entry.rotation) }))
          AS entry (contact, rotation)
        WHERE l.contact_id = entry.contact AND l.event_id = \(event.id)
          AND l.rotation = entry.rotation
        """)
      count(
        event.id, .executed(nil), dateless.count, current: dateless.count { $0.entry.isCurrent })
    }
    return kept.sorted(by: DueEntry.isBefore)
  }

  /// Whether an instant is still to come. Stored ones have microseconds: what is computed anew may lie a
  /// fraction of one behind what was stored, and would be put back to the same microsecond for ever.
  private func isAhead(_ instant: Date) -> Bool { instant.timeIntervalSince(now) > 0.000_000_5 }

  /// Puts back decisions whose deadline, computed anew, has not come yet or is none any more (CAM-218, CAM-415):
  /// a `no` child was edited, or the contact's zone or date has changed. Gives the rest.
  private func checkDeadlines(_ event: CampaignEvent, _ entries: [DueEntry]) async throws
    -> [DueEntry]
  {
    let deadlines = try await deadlines(event, entries.map { ($0.contact, $0.base) })
    var back: [(DueEntry, Date?)] = []
    var kept: [DueEntry] = []
    for entry in entries {
      if let time = deadlines[entry.contact]?.at, !isAhead(time) {
        kept.append(entry)
      } else {
        back.append((entry, deadlines[entry.contact]?.at))
      }
    }
    try await putBack(event, back)
    return kept
  }

  /// Lets claimed entries wait (again) until an instant; decisions without one wait for an act alone.
  private func putBack(_ event: CampaignEvent, _ entries: [(DueEntry, Date?)]) async throws {
    guard !entries.isEmpty else { return }
    try await connection.query(
      """
      UPDATE campaign_log AS l SET state = \(Int16(event.kind == .decision ? 1 : 0)),
        executed_at = NULL, path = NULL, fire_at = back.fire, lease_until = NULL, lease_token = NULL
      FROM unnest(\(entries.map(\.0.contact)), \(entries.map { Int32($0.0.entry.rotation) }),
        \(entries.map(\.1))::timestamptz[]) AS back (contact, rotation, fire)
      WHERE l.contact_id = back.contact AND l.event_id = \(event.id) AND l.rotation = back.rotation
      """)
    wake(event, entries.compactMap(\.1))
  }

  static func firsts(_ entries: [DueEntry]) -> (once: [DueEntry], again: [DueEntry]) {
    var seen: Set<Int64> = []
    var once: [DueEntry] = []
    var again: [DueEntry] = []
    for entry in entries {
      if seen.insert(entry.contact).inserted { once.append(entry) } else { again.append(entry) }
    }
    return (once, again)
  }

  /// Says of entries why they had no effect.
  func note(_ event: CampaignEvent, _ entries: [Entry], _ note: String) async throws {
    try await connection.query(
      """
      UPDATE campaign_log AS l SET note = \(note)
      FROM unnest(\(entries.map(\.runner.contact)), \(entries.map { Int32($0.rotation) }))
        AS entry (contact, rotation)
      WHERE l.contact_id = entry.contact AND l.event_id = \(event.id)
        AND l.rotation = entry.rotation
      """)
  }
}
