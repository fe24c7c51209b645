import Contacts
import Foundation
import JobQueue
import Postgres

/// A contact that has come to some place in a campaign's graph.
struct Enrollment: Sendable, Equatable {
  var contact: Int64
  /// The rotation in which what comes next is written down: that of the member.
  var rotation: Int
  /// The rotation of the entry that is being executed, where it is an older one (CAM-342).
  var entryRotation: Int

  init(contact: Int64, rotation: Int, entryRotation: Int? = nil) {
    self.contact = contact
    self.rotation = rotation
    self.entryRotation = entryRotation ?? rotation
  }
}

/// What one transaction of a campaign's work carries along.
///
/// It lives inside one transaction and is used by one task alone.
final class CampaignTransaction {
  let engine: CampaignEngine
  let graph: CampaignGraph
  let settings: CampaignSettings
  let connection: PostgresConnection
  let outbox: JobOutbox
  /// Every relative computation of the pass uses this instant (CAM-219).
  let now: Date
  /// Whether the campaign is live. Where it is not, what comes due is only written down (CAM-604).
  let isLive: Bool
  /// The passes that came of one another in this transaction.
  let family: Cascade
  /// What has to be undone with a savepoint.
  var state = State()

  /// What a pass has gathered so far.
  struct State {
    /// When events have something due soon, for after the commit.
    fileprivate(set) var wakes: Set<TimerBucket> = []
    /// Who is no longer in the run that the pass has begun with (CAM-125).
    var gone: Set<Int64> = []
    /// Jumps that wait until everything else that is due has run (CAM-345).
    var jumps: [(event: CampaignEvent, runners: [Enrollment])] = []
    /// What events came to, to be added to the counters at the end.
    fileprivate var tallies: [TallyKey: Tally] = [:]
  }

  var wakes: Set<TimerBucket> { state.wakes }
  var gone: Set<Int64> {
    get { state.gone }
    set { state.gone = newValue }
  }
  var jumps: [(event: CampaignEvent, runners: [Enrollment])] {
    get { state.jumps }
    set { state.jumps = newValue }
  }

  /// Whether entries that are scheduled have none before them for certain, and need not look for them.
  var expectsNoEntries = false
  private var zones: FireZones
  private var zoneNames: [Int64: String?] = [:]
  private var contactDates: [String: [Int64: FireTime.ContactDate]] = [:]

  init(
    engine: CampaignEngine, graph: CampaignGraph, settings: CampaignSettings,
    connection: PostgresConnection, outbox: JobOutbox, now: Date, isLive: Bool,
    family: Cascade = Cascade()
  ) {
    self.engine = engine
    self.graph = graph
    self.settings = settings
    self.connection = connection
    self.outbox = outbox
    self.now = now
    self.isLive = isLive
    self.family = family
    zones = FireZones(standard: settings.timeZone)
  }

  var campaign: Int64 { graph.campaign }

  /// Something of an event is due at an instant; after the commit somebody is to be told.
  func wake(_ event: Int64, at instant: Date) {
    state.wakes.insert(TimerBucket(event: event, slot: TimerBucket.slot(of: instant)))
  }

  /// Takes over what another campaign's pass in the same transaction wants woken.
  func adopt(_ others: Set<TimerBucket>) { state.wakes.formUnion(others) }

  // MARK: Fire times

  /// The fire times of an event for contacts, by contact; who has none (no date to go by) stays out.
  ///
  /// - Parameter bases: What the delay is counted from, by contact.
  func fireTimes(
    _ trigger: Trigger, _ runners: [(contact: Int64, base: Date, delayUsed: Bool)],
    deadline: Bool = false
  ) async throws -> [Int64: Date] {
    let contacts = runners.map(\.contact)
    if trigger.dependsOnZone { try await loadZones(contacts) }
    var dates: [Int64: FireTime.ContactDate] = [:]
    if trigger.mode == .contactDate, let field = trigger.contactField {
      dates = try await contactDates(field, contacts)
    }
    var times: [Int64: Date] = [:]
    times.reserveCapacity(runners.count)
    // Most of a batch share zone and base: what was computed for one holds for the others.
    struct Key: Hashable {
      var zone: String?
      var base: Date
      var delayUsed: Bool
    }
    var known: [Key: Date] = [:]
    for runner in runners {
      let name = trigger.dependsOnZone ? zoneNames[runner.contact] ?? nil : nil
      let key = Key(zone: name, base: runner.base, delayUsed: runner.delayUsed)
      if trigger.mode != .contactDate, let time = known[key] {
        times[runner.contact] = time
        continue
      }
      let fire = FireTime(trigger: trigger, zone: zones.zone(name))
      let value = dates[runner.contact]
      let time =
        deadline
        ? fire.deadline(base: runner.base, value: value)
        : fire.planned(base: runner.base, delayUsed: runner.delayUsed, value: value)
      guard let time else { continue }
      known[key] = time
      times[runner.contact] = time
    }
    return times
  }

  /// Where an entry that is picked up now and was due at `due` goes.
  func late(_ trigger: Trigger, contact: Int64, due: Date) -> Date {
    FireTime(trigger: trigger, zone: zones.zone(zoneNames[contact] ?? nil)).late(due, now: now)
  }

  private func loadZones(_ contacts: [Int64]) async throws {
    let missing = contacts.filter { zoneNames[$0] == nil }
    guard !missing.isEmpty else { return }
    let rows = try await connection.query(
      "SELECT id, timezone FROM contacts WHERE id = ANY (\(missing)) AND timezone IS NOT NULL")
    for contact in missing { zoneNames[contact] = .some(nil) }
    for row in rows {
      zoneNames[try row.decode(at: 0)] = .some(try row.decode(at: 1, as: String.self))
    }
  }

  /// The values of a date field; of a field that does not exist (any more) there are none.
  private func contactDates(
    _ alias: String, _ contacts: [Int64]
  ) async throws -> [Int64: FireTime.ContactDate] {
    let fields = try await engine.fields.current(on: connection)
    guard
      let field = fields.all.first(where: {
        $0.object == .contact && $0.alias == alias && ($0.type == .date || $0.type == .datetime)
      })
    else { return [:] }
    let column: SQL = "\(identifier: field.column)"
    let isDay = field.type == .date
    let value: SQL =
      isDay
      ? "(\(sql: column) - date '1970-01-01')::double precision"
      : "extract(epoch FROM \(sql: column))::double precision"
    let rows = try await connection.query(
      "SELECT id, \(sql: value) FROM contacts WHERE id = ANY (\(contacts)) AND \(sql: column) IS NOT NULL"
    )
    var dates: [Int64: FireTime.ContactDate] = [:]
    for row in rows {
      let number: Double = try row.decode(at: 1)
      dates[try row.decode(at: 0)] =
        isDay ? .day(Int(number)) : .instant(Date(timeIntervalSince1970: number))
    }
    return dates
  }

  // MARK: Counters

  /// Adds outcomes of an event to the counters.
  ///
  /// - Parameters:
  ///   - count: How many.
  ///   - current: How many of them stand in their members' present rotation.
  ///   - instant: When, as the entries say; nil for the pass's instant.
  func count(
    _ event: Int64, _ outcome: Outcome, _ count: Int, current: Int? = nil, at instant: Date? = nil
  ) {
    let current = current ?? count
    guard count != 0 || current != 0 else { return }
    let key = TallyKey(event: event, hour: Self.hour(of: instant ?? now))
    state.tallies[key, default: Tally()].add(outcome, count, current)
  }

  /// The beginning of the hour in which an instant lies.
  static func hour(of instant: Date) -> Date {
    Date(timeIntervalSince1970: (instant.timeIntervalSince1970 / 3600).rounded(.down) * 3600)
  }

  /// Writes what was counted. Once, last: counters are what parallel passes contend for. What is taken out of
  /// them meanwhile may come before what is put in.
  func finish() async throws {
    guard !state.tallies.isEmpty else { return }
    let hours = state.tallies.sorted { ($0.key.event, $0.key.hour) < ($1.key.event, $1.key.hour) }
    let all = hours.map(\.value.all)
    var present: [Int64: Numbers] = [:]
    for (key, tally) in hours { present[key.event, default: Numbers()].add(tally.current) }
    let events = present.keys.sorted()
    let current = events.compactMap { present[$0] }
    try await connection.pipeline([
      """
      INSERT INTO campaign_event_hours AS old
        (event_id, hour, slot, campaign_id, executed, yes, no, failed)
      SELECT event, hour, pg_backend_pid() % 16, \(campaign), executed, yes, no, failed
      FROM unnest(\(hours.map(\.key.event)), \(hours.map(\.key.hour)), \(all.map(\.executed)),
        \(all.map(\.yes)), \(all.map(\.no)), \(all.map(\.failed)))
        AS new (event, hour, executed, yes, no, failed)
      ON CONFLICT (event_id, hour, slot) DO UPDATE SET executed = old.executed + excluded.executed,
        yes = old.yes + excluded.yes, no = old.no + excluded.no,
        failed = old.failed + excluded.failed
      """,
      """
      INSERT INTO campaign_event_counts AS old
        (event_id, slot, campaign_id, executed, yes, no, failed)
      SELECT event, pg_backend_pid() % 16, \(campaign), executed, yes, no, failed
      FROM unnest(\(events), \(current.map(\.executed)), \(current.map(\.yes)),
        \(current.map(\.no)), \(current.map(\.failed)))
        AS new (event, executed, yes, no, failed)
      ON CONFLICT (event_id, slot) DO UPDATE SET executed = old.executed + excluded.executed,
        yes = old.yes + excluded.yes, no = old.no + excluded.no,
        failed = old.failed + excluded.failed
      """,
    ])
    state.tallies = [:]
  }
}

/// The passes of one transaction that came of one another: an action of one campaign moves contacts into or out
/// of others, whose events may do so in turn, back to the first.
final class Cascade {
  /// The passes under way, by campaign.
  private var passes: [Int64: CampaignTransaction] = [:]
  /// Who has begun a run since an entry was taken up, by campaign. A second one that comes of the same entry
  /// is dropped (CAM-112), so that campaigns that add to each other come to an end.
  private(set) var begun: [Int64: Set<Int64>] = [:]
  private var deleted: Set<Int64> = []

  subscript(campaign: Int64) -> CampaignTransaction? { passes[campaign] }

  func begin(_ pass: CampaignTransaction) { passes[pass.campaign] = pass }

  func end(_ pass: CampaignTransaction) { passes[pass.campaign] = nil }

  /// Contacts begin a run of a campaign.
  func note(_ contacts: [Int64], in campaign: Int64) {
    begun[campaign, default: []].formUnion(contacts)
  }

  /// Those who exist and have not begun a run of a campaign yet.
  func fresh(_ contacts: [Int64], in campaign: Int64) -> [Int64] {
    let known = begun[campaign] ?? []
    return contacts.filter { !known.contains($0) && !deleted.contains($0) }
  }

  /// Another entry is taken up.
  func takeUp() { begun = [:] }

  /// Contacts are deleted: nothing more is done for them in any campaign (CAM-308).
  func forget(_ contacts: Set<Int64>) {
    deleted.formUnion(contacts)
    for pass in passes.values { pass.gone.formUnion(contacts) }
  }

  /// What all passes have gathered, to go back to.
  struct State {
    fileprivate var passes: [Int64: CampaignTransaction.State]
    fileprivate var begun: [Int64: Set<Int64>]
    fileprivate var deleted: Set<Int64>
  }

  var state: State {
    get { State(passes: passes.mapValues(\.state), begun: begun, deleted: deleted) }
    set {
      begun = newValue.begun
      deleted = newValue.deleted
      for (campaign, state) in newValue.passes { passes[campaign]?.state = state }
    }
  }
}

/// How an entry ended, for the counters.
enum Outcome: Sendable {
  /// Executed, on a path where there are paths.
  case executed(Bool?)
  /// Given up.
  case failed
}

/// Where outcomes are counted.
struct TallyKey: Hashable {
  var event: Int64
  var hour: Date
}

/// How often an event ended how.
struct Numbers {
  var executed: Int64 = 0
  var yes: Int64 = 0
  var no: Int64 = 0
  var failed: Int64 = 0

  mutating func add(_ outcome: Outcome, _ count: Int) {
    let count = Int64(count)
    switch outcome {
    case .executed(let path):
      executed += count
      if path == true { yes += count }
      if path == false { no += count }
    case .failed: failed += count
    }
  }

  mutating func add(_ other: Numbers) {
    executed += other.executed
    yes += other.yes
    no += other.no
    failed += other.failed
  }
}

/// Outcomes of one event in an hour.
struct Tally {
  var all = Numbers()
  var current = Numbers()

  mutating func add(_ outcome: Outcome, _ count: Int, _ inPresentRotation: Int) {
    all.add(outcome, count)
    current.add(outcome, inPresentRotation)
  }
}
