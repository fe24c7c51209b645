import Foundation
import JobQueue
import Postgres

/// A campaign's work within a database transaction, shared by its parts: the campaign as it stands, and what has
/// been gathered for the end. It is used by one task alone.
final class CampaignTransaction {
  let engine: CampaignEngine
  let graph: CampaignGraph
  let settings: CampaignSettings
  let database: Transaction
  /// Whether the campaign is live. Otherwise what comes due is only written down (CAM-604).
  let isLive: Bool
  /// The campaigns that are under way in the same database transaction.
  let cascade: Cascade
  /// The fire times of contacts, with what was read for them.
  let fireTimes: FireTimes
  /// The work gathered so far, which is undone with a savepoint.
  var progress = Progress()
  /// Whether entries that are scheduled have none before them for certain.
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

/// The work that a transaction of a campaign has gathered so far.
struct Progress {
  /// The timers to be staged after the commit.
  private(set) var timers: Set<TimerBucket> = []
  /// Contacts that are no longer in the run with which the transaction began (CAM-125).
  var exited: Set<Int64> = []
  /// Jumps that wait until everything else that is due has run (CAM-345).
  var jumps: [(event: CampaignEvent, enrollments: [Enrollment])] = []
  /// Outcomes to be added to the counters at the end.
  var counters = CounterBatch()

  /// Stages a timer of an event for an instant.
  mutating func stage(_ event: Int64, at instant: Date) {
    timers.insert(TimerBucket(event: event, at: instant))
  }

  /// Stages timers of an event for those of the instants that are near; reconciliation stages the others later.
  mutating func stageNear(_ event: CampaignEvent, _ instants: [Date], now: Date) {
    let end = now.addingTimeInterval(TimerBucket.lookahead)
    for instant in Set(instants) where instant <= end { stage(event.id, at: instant) }
  }

  /// Takes over the timers of another campaign in the same database transaction.
  mutating func adopt(_ others: Set<TimerBucket>) { timers.formUnion(others) }
}

extension CampaignTransaction {
  /// Counts outcomes of an event.
  ///
  /// - Parameters:
  ///   - current: The number of those in their members' present rotation; all unless given.
  ///   - instant: The end of the entries; the transaction's instant unless given.
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

  /// The enrollments of contacts that are still in their run.
  func present(_ enrollments: [Enrollment]) -> [Enrollment] {
    progress.exited.isEmpty
      ? enrollments : enrollments.filter { !progress.exited.contains($0.contact) }
  }
}
