import Foundation
import Postgres

extension Pass {
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
    var isAnswered = true
    switch handler {
    case .outside: return 0
    case .decision: path = "false"
    case .condition(let condition):
      let question = try await condition.condition(event, self)
      isAnswered = question != nil
      path = """
        coalesce((SELECT \(sql: question ?? "false") FROM contacts c WHERE c.id = l.contact_id), false)
        """
    case .action, .jump, nil: break
    }
    let claimed = try await claim(event, path: path, limit: limit)
    var entries = claimed.entries
    if event.kind != .decision { entries = try await check(event, entries) }
    // After a jump a contact may have two entries of one event; an action takes it once at a time.
    while !entries.isEmpty {
      var wave: [Due] = []
      var seen: Set<Int64> = []
      var rest: [Due] = []
      for entry in entries {
        if seen.insert(entry.contact).inserted { wave.append(entry) } else { rest.append(entry) }
      }
      entries = rest
      try await run(event, handler, wave, isAnswered: isAnswered)
    }
    try await runJumps()
    return claimed.count
  }

  private func run(
    _ event: CampaignEvent, _ handler: EventTypes.Handler?, _ wave: [Due], isAnswered: Bool
  ) async throws {
    let entries = wave.map(\.entry)
    switch handler {
    case .action(let action): try await act(action, event, entries)
    case .jump: try await jump(event, entries)
    case .condition:
      if !isAnswered { try await note(event, entries, Note.missingObject) }
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
  struct Due {
    var entry: Entry
    var base: Date
    var fire: Date
    var pinned: Bool
    var delayUsed: Bool
    var path: Bool?

    var contact: Int64 { entry.runner.contact }
  }

  private func claim(
    _ event: CampaignEvent, path: SQL, limit: Int
  ) async throws -> (entries: [Due], count: Int) {
    let state: Int16 = event.kind == .decision ? 1 : 0
    let rows = try await connection.query(
      """
      WITH due AS MATERIALIZED (
        SELECT l.place, l.contact_id, m.rotation AS present,
          m.is_active AND l.rotation >= m.first_rotation AS holds, \(sql: path) AS answer
        FROM (
          SELECT ctid AS place, contact_id, rotation FROM campaign_log
          WHERE event_id = \(event.id) AND state = \(state) AND state < 2 AND fire_at <= \(now)
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
    var entries: [Due] = []
    entries.reserveCapacity(rows.count)
    for row in rows where try row.decode(at: 3, as: Bool.self) {
      let runner = Runner(
        contact: try row.decode(at: 0), rotation: try row.decode(at: 2))
      entries.append(
        Due(
          entry: Entry(
            runner, rotation: try row.decode(at: 1),
            attempts: Int(try row.decode(at: 4, as: Int16.self))),
          base: try row.decode(at: 5), fire: try row.decode(at: 6), pinned: try row.decode(at: 7),
          delayUsed: try row.decode(at: 8), path: try row.decode(at: 9)))
    }
    entries.sort { ($0.contact, $0.entry.rotation) < ($1.contact, $1.entry.rotation) }
    return (entries, rows.count)
  }

  // MARK: The look at the fire time

  /// Puts back what the present settings or restrictions let fire later only (CAM-214 to CAM-216), and ends
  /// what has no date any more (CAM-218). Gives the rest.
  func check(_ event: CampaignEvent, _ entries: [Due]) async throws -> [Due] {
    let trigger = event.trigger
    if trigger.mode == .immediate { return entries }
    let free = entries.filter { !$0.pinned }
    guard !free.isEmpty else { return entries }
    var times: [Int64: Date] = [:]
    // One entry of a contact at a time, since times are kept by contact.
    let (once, again) = Self.firsts(free)
    times = try await fireTimes(trigger, once.map { ($0.contact, $0.base, $0.delayUsed) })
    var back: [(Due, Date)] = []
    var dateless: [Due] = []
    var kept: [Due] = entries.filter(\.pinned)
    func judge(_ entry: Due, _ planned: Date?) {
      guard let planned else {
        dateless.append(entry)
        return
      }
      let time =
        planned > now
        ? planned : late(trigger, contact: entry.contact, due: max(planned, entry.fire))
      if time > now { back.append((entry, time)) } else { kept.append(entry) }
    }
    for entry in once { judge(entry, times[entry.contact]) }
    for entry in again {
      let time = try await fireTimes(trigger, [(entry.contact, entry.base, entry.delayUsed)])
      judge(entry, time[entry.contact])
    }
    if !back.isEmpty {
      try await connection.query(
        """
        UPDATE campaign_log AS l SET state = 0, executed_at = NULL, path = NULL, fire_at = back.fire
        FROM unnest(\(back.map(\.0.contact)), \(back.map { Int32($0.0.entry.rotation) }),
          \(back.map(\.1))) AS back (contact, rotation, fire)
        WHERE l.contact_id = back.contact AND l.event_id = \(event.id) AND l.rotation = back.rotation
        """)
      wake(event, back.map(\.1))
    }
    if !dateless.isEmpty {
      try await note(event, dateless.map(\.entry), Note.noDate)
      count(
        event.id, .executed(nil), dateless.count, current: dateless.count { $0.entry.isCurrent })
    }
    return kept.sorted { ($0.contact, $0.entry.rotation) < ($1.contact, $1.entry.rotation) }
  }

  private static func firsts(_ entries: [Due]) -> (once: [Due], again: [Due]) {
    var seen: Set<Int64> = []
    var once: [Due] = []
    var again: [Due] = []
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
