import Foundation
import Postgres

/// From when on delays are counted.
enum Base: Sendable {
  /// From the pass's instant, for all.
  case now
  /// From an instant of each contact's own, such as its act.
  case each([Int64: Date])
}

extension CampaignTransaction {
  /// Considers events for contacts whose parent has completed: each is run, or scheduled, or opened
  /// (CAM-301). Jumps that come of it wait for ``runJumps()``.
  ///
  /// - Parameters:
  ///   - events: In the order in which they run.
  ///   - runners: Who; those who leave on the way drop out.
  ///   - base: What delays are counted from.
  ///   - delayUsed: The events whose delay has passed as a waiting period (CAM-413).
  func consider(
    _ events: [CampaignEvent], _ runners: [Enrollment], base: Base = .now,
    delayUsed: Set<Int64> = []
  ) async throws {
    for event in events {
      let present = runners.filter { !gone.contains($0.contact) }
      guard !present.isEmpty else { return }
      if event.kind == .decision {
        try await open(event, present, base)
      } else {
        try await begin(event, present, base, delayUsed: delayUsed.contains(event.id))
      }
    }
  }

  /// Runs or schedules an action or a condition.
  private func begin(
    _ event: CampaignEvent, _ runners: [Enrollment], _ base: Base, delayUsed: Bool
  ) async throws {
    if event.trigger.mode == .immediate, isLive, case .now = base {
      return try await run(event, runners, base)
    }
    let times = try await fireTimes(
      event.trigger, runners.map { ($0.contact, self.base(of: $0, base), delayUsed) })
    var due: [Enrollment] = []
    var later: [(runner: Enrollment, base: Date, fire: Date)] = []
    var dateless: [Enrollment] = []
    for runner in runners {
      guard let time = times[runner.contact] else {
        dateless.append(runner)
        continue
      }
      if time <= now, isLive {
        due.append(runner)
      } else {
        later.append((runner, self.base(of: runner, base), time))
      }
    }
    if !dateless.isEmpty {
      // No date to go by: done, and nothing below it runs (CAM-218).
      let ended = try await insert(event, dateless, base, note: Note.noDate)
      count(event.id, .executed(nil), ended.count)
    }
    if !later.isEmpty { try await schedule(event, later, delayUsed: delayUsed) }
    if !due.isEmpty { try await run(event, due, base) }
  }

  /// What a runner's delays are counted from.
  func base(of runner: Enrollment, _ base: Base) -> Date {
    switch base {
    case .now: now
    case .each(let dates): dates[runner.contact] ?? now
    }
  }

  /// Runs an event at once that has no entry yet.
  private func run(_ event: CampaignEvent, _ runners: [Enrollment], _ base: Base) async throws {
    switch engine.types[event.type] {
    case .jump: jumps.append((event, runners))
    case .outside: try await handOver(event, runners, base)
    case .condition(let condition):
      let answers = try await ask(condition, event, runners, base)
      try await follow(event, answers)
    case .action(let action):
      let entries = try await insert(event, runners, base)
      try await act(action, event, entries.map { Entry($0, attempts: 0) })
    case .decision, nil:
      // Types are checked when a campaign is saved; one may be installed no longer.
      let ended = try await insert(event, runners, base, note: Note.unknownType(event.type))
      count(event.id, .executed(nil), ended.count)
      try await consider(graph.children(of: event, path: nil), ended)
    }
  }

  /// Writes down how a condition came out, and considers what hangs on each path (CAM-303).
  func follow(
    _ event: CampaignEvent, _ answers: [(runner: Enrollment, path: Bool, isCurrent: Bool)]
  )
    async throws
  {
    for path in [true, false] {
      let taken = answers.filter { $0.path == path }
      guard !taken.isEmpty else { continue }
      count(
        event.id, .executed(path), taken.count, current: taken.count { $0.isCurrent })
      try await consider(graph.children(of: event, path: path), taken.map(\.runner))
    }
  }

  /// Runs the jumps that are due, and those that come of them, until there are none (CAM-345).
  func runJumps() async throws {
    var rounds = 0
    while !jumps.isEmpty {
      let (event, runners) = jumps.removeFirst()
      let present = runners.filter { !gone.contains($0.contact) }
      guard !present.isEmpty else { continue }
      rounds += 1
      // A circle without time passing is refused when a campaign is saved (CAM-008); old data must not
      // hang a worker all the same.
      guard rounds <= 1_000 else {
        try await schedule(
          event, present.map { ($0, now, now.addingTimeInterval(60)) }, delayUsed: false)
        continue
      }
      let entries = try await insert(event, present, .now)
      try await jump(event, entries.map { Entry($0, attempts: 0) })
    }
  }

  // MARK: Entries

  /// Writes entries that are executed at once. Who has one already is left out (CAM-305).
  ///
  /// - Returns: Those for whom there was none, in order.
  func insert(
    _ event: CampaignEvent, _ runners: [Enrollment], _ base: Base, note: String? = nil
  ) async throws -> [Enrollment] {
    let rows = try await connection.query(
      """
      INSERT INTO campaign_log (contact_id, event_id, rotation, campaign_id, base_at, fire_at,
        executed_at, state, note)
      SELECT contact, \(event.id), rotation, \(campaign), base, \(now)::timestamptz,
        \(now)::timestamptz, 3, \(note)::text
      FROM \(sql: rows(runners, base)) ORDER BY contact
      ON CONFLICT DO NOTHING RETURNING contact_id
      """)
    if rows.count == runners.count { return runners }
    let inserted = Set(try rows.map { try $0.decode(at: 0, as: Int64.self) })
    return runners.filter { inserted.contains($0.contact) }
  }

  /// Writes entries of an event with an effect outside of the database. Their turn has come, but the effect wants
  /// a transaction of its own: they stand as claimed by somebody who is gone, so that whoever looks next takes
  /// them over (CAM-462), and leaving the campaign after this does not cancel them (CAM-128).
  private func handOver(_ event: CampaignEvent, _ runners: [Enrollment], _ base: Base) async throws
  {
    // Lapsed for a while, so that a worker whose clock stands a little behind sees it so, too.
    try await connection.query(
      """
      INSERT INTO campaign_log (contact_id, event_id, rotation, campaign_id, base_at, fire_at, state,
        lease_until)
      SELECT contact, \(event.id), rotation, \(campaign), base, \(now)::timestamptz, 2,
        \(now.addingTimeInterval(-1))::timestamptz
      FROM \(sql: rows(runners, base)) ORDER BY contact
      ON CONFLICT DO NOTHING
      """)
    wake(event, [now])
  }

  /// A condition as SQL. What cannot be asked, or not any more, is false, with a note (CAM-440).
  func question(
    _ condition: any CampaignCondition, _ event: CampaignEvent
  ) async throws -> (sql: SQL, note: String?) {
    do {
      guard let sql = try await condition.condition(event, self) else {
        return ("false", Note.missingObject)
      }
      return (sql, nil)
    } catch let failure as ActionFailure {
      return ("false", failure.reason)
    }
  }

  /// Asks a condition for contacts that have no entry yet, and writes the answers down as entries.
  private func ask(
    _ condition: any CampaignCondition, _ event: CampaignEvent, _ runners: [Enrollment],
    _ base: Base
  ) async throws -> [(runner: Enrollment, path: Bool, isCurrent: Bool)] {
    let (question, note) = try await question(condition, event)
    let rows = try await connection.query(
      """
      INSERT INTO campaign_log (contact_id, event_id, rotation, campaign_id, base_at, fire_at,
        executed_at, state, path, note)
      SELECT contact, \(event.id), rotation, \(campaign), base, \(now)::timestamptz,
        \(now)::timestamptz, 3,
        coalesce((SELECT \(sql: question) FROM contacts c WHERE c.id = contact), false),
        \(note)::text
      FROM \(sql: self.rows(runners, base)) ORDER BY contact
      ON CONFLICT DO NOTHING RETURNING contact_id, path
      """)
    var paths: [Int64: Bool] = [:]
    for row in rows {
      let (contact, path) = try row.decode(Int64.self, Bool.self)
      paths[contact] = path
    }
    return runners.compactMap { runner in paths[runner.contact].map { (runner, $0, true) } }
  }

  /// Writes entries for later.
  func schedule(
    _ event: CampaignEvent, _ entries: [(runner: Enrollment, base: Date, fire: Date)],
    delayUsed: Bool
  ) async throws {
    guard let first = entries.first else { return }
    // Mostly all have one time; then it is sent once.
    let isUniform = entries.allSatisfy { $0.fire == first.fire && $0.base == first.base }
    let rows: SQL =
      isUniform
      ? """
      (SELECT contact, rotation, \(first.base)::timestamptz AS base, \(first.fire)::timestamptz AS fire
        FROM unnest(\(entries.map(\.runner.contact)), \(entries.map { Int32($0.runner.rotation) }))
          AS runner (contact, rotation)) AS entry
      """
      : """
      unnest(\(entries.map(\.runner.contact)), \(entries.map { Int32($0.runner.rotation) }),
        \(entries.map(\.base)), \(entries.map(\.fire))) AS entry (contact, rotation, base, fire)
      """
    try await connection.query(
      """
      INSERT INTO campaign_log (contact_id, event_id, rotation, campaign_id, base_at, fire_at, state,
        delay_used)
      SELECT contact, \(event.id), rotation, \(campaign), base, fire, 0, \(delayUsed)
      FROM \(sql: rows) ORDER BY contact \(sql: expectsNoEntries ? "" : "ON CONFLICT DO NOTHING")
      """)
    wake(event, entries.map(\.fire))
  }

  /// Tells of fire times that are near.
  func wake(_ event: CampaignEvent, _ times: [Date]) {
    let horizon = now.addingTimeInterval(TimerBucket.horizon)
    for time in Set(times) where time <= horizon { wake(event.id, at: time) }
  }

  /// Runners as a table `(contact, rotation, base)`.
  private func rows(_ runners: [Enrollment], _ base: Base) -> SQL {
    let contacts = runners.map(\.contact)
    let rotations = runners.map { Int32($0.rotation) }
    switch base {
    case .now:
      return """
        (SELECT contact, rotation, \(now)::timestamptz AS base
          FROM unnest(\(contacts), \(rotations)) AS runner (contact, rotation)) AS entry
        """
    case .each:
      let bases = runners.map { self.base(of: $0, base) }
      return "unnest(\(contacts), \(rotations), \(bases)) AS entry (contact, rotation, base)"
    }
  }
}

/// An entry that is being executed.
struct Entry: Sendable {
  /// The contact, and the rotation in which what comes next is written down.
  var runner: Enrollment
  /// The rotation of the entry itself.
  var rotation: Int
  /// Failed attempts so far.
  var attempts: Int
  /// Whether the entry stands in the present rotation of an active member.
  var isCurrent: Bool

  init(_ runner: Enrollment, rotation: Int? = nil, attempts: Int, isActive: Bool = true) {
    self.runner = runner
    self.rotation = rotation ?? runner.rotation
    self.attempts = attempts
    isCurrent = isActive && self.rotation == runner.rotation
  }
}

/// What entries say of why they had no effect.
enum Note {
  static let noDate = "no_date"
  static let missingObject = "what it asks about does not exist"
  static func unknownType(_ type: String) -> String {
    "events of the type \(type) are not installed"
  }
}
