import Foundation
import JobQueue
import Postgres

/// A campaign's work within a database transaction, shared by its parts: the current campaign, and the work
/// collected for the end. It is used by one task only.
final class CampaignTransaction {
  let engine: CampaignEngine
  let graph: CampaignGraph
  let settings: CampaignSettings
  let database: Transaction
  /// Whether the campaign is live. Otherwise due entries are only recorded (CAM-604).
  let isLive: Bool
  /// The campaigns in progress in the same database transaction.
  let cascade: Cascade
  /// The fire times of contacts, with the values read for them.
  let fireTimes: FireTimes
  /// The work collected so far, which a rollback to a savepoint undoes.
  var progress = Progress()
  /// Whether actions are scheduled instead of performed at once, because one of them may kill its worker
  /// (CAM-463): each is claimed first, so that the death is known.
  var isCautious = false
  /// Whether newly scheduled entries certainly do not exist yet.
  var expectsNoEntries = false

  init(
    engine: CampaignEngine, graph: CampaignGraph, settings: CampaignSettings,
    in transaction: Transaction, isLive: Bool, cascade: Cascade
  ) {
    self.engine = engine
    self.graph = graph
    self.settings = settings
    database = transaction
    self.isLive = isLive
    self.cascade = cascade
    fireTimes = FireTimes(
      store: ContactTimeStore(connection: transaction.connection, fields: engine.fields),
      zone: settings.timeZone, now: transaction.now)
  }

  var connection: PostgresConnection { database.connection }
  var outbox: JobOutbox { database.outbox }
  /// The instant that every relative computation uses (CAM-219).
  var now: Date { database.now }
  var campaign: Int64 { graph.campaign }
  var entries: EntryStore { EntryStore(connection: connection, campaign: campaign, now: now) }
  var members: MemberStore { MemberStore(connection: connection, campaign: campaign, now: now) }
  var counters: CounterStore { CounterStore(connection: connection, campaign: campaign) }

  func entryOutcomes(of event: CampaignEvent) -> EntryOutcomeStore {
    EntryOutcomeStore(connection: connection, event: event, now: now)
  }
}

/// The work that a transaction of a campaign has collected so far.
struct Progress {
  /// The timers to be staged.
  private(set) var timers: Set<TimerBucket> = []
  /// Contacts that are no longer in the run with which the transaction began (CAM-125).
  var exited: Set<Int64> = []
  /// Jumps that wait until all other due events have run (CAM-345).
  var jumps: [(event: CampaignEvent, enrollments: [Enrollment])] = []
  /// Outcomes to be added to the counters at the end.
  var counters = CounterBatch()

  /// Stages a timer of an event for an instant.
  mutating func stage(_ event: Int64, at instant: Date) {
    timers.insert(TimerBucket(event: event, at: instant))
  }

  /// Stages timers of an event for instants.
  mutating func stage(_ event: CampaignEvent, _ instants: [Date], now: Date) {
    for instant in Set(instants) {
      timers.insert(TimerBucket(event: event.id, at: instant, now: now))
    }
  }

  /// Adopts the timers of another campaign in the same database transaction.
  mutating func adopt(_ others: Set<TimerBucket>) { timers.formUnion(others) }
}

extension CampaignTransaction {
  /// Counts outcomes of an event.
  ///
  /// - Parameters:
  ///   - current: The number of those in their members' current rotation; all by default.
  ///   - instant: The end of the entries; the transaction's instant by default.
  func count(
    _ event: CampaignEvent, _ outcome: Outcome, _ count: Int, current: Int? = nil,
    at instant: Date? = nil
  ) {
    progress.counters.add(
      event.id, outcome, count, current: current ?? count, at: instant ?? now)
  }

  /// Counts entries with one outcome.
  func count(_ event: CampaignEvent, _ outcome: Outcome, _ entries: [Entry]) {
    count(event, outcome, entries.count, current: entries.count { $0.isCurrent })
  }

  /// Returns the enrollments of contacts that are still in their run.
  func present(_ enrollments: [Enrollment]) -> [Enrollment] {
    progress.exited.isEmpty
      ? enrollments : enrollments.filter { !progress.exited.contains($0.contact) }
  }
}
