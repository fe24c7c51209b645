import Fields
import Foundation
import JobQueue
import Logging
import Postgres

/// Runs campaigns inside a database transaction and at an instant given by the caller, so that jobs,
/// engagements and simulations share it.
struct CampaignEngine: Sendable {
  let fields: FieldStore
  let types: EventTypes
  private(set) var graphs = GraphCache()
  /// The contacts whose entries are executed when they come due; nil for all.
  private(set) var contactScope: [Int64]?
  /// Prepares the staging of a transaction's timers.
  private var willStage: @Sendable (Set<TimerBucket>, Transaction) -> Void = { _, _ in }
  let logger = Logger(label: "martlet.campaigns")
  let settings: @Sendable () async throws -> CampaignSettings

  init(
    fields: FieldStore, types: EventTypes,
    settings: @escaping @Sendable () async throws -> CampaignSettings
  ) {
    self.fields = fields
    self.types = types
    self.settings = settings
  }

  /// Whether it runs a simulation, which is not careful with suspect campaigns.
  private var isSimulated = false

  /// The same engine for a simulation. It has a graph cache of its own: its campaign may never be saved, and must not
  /// be mistaken for a saved one.
  var simulated: CampaignEngine {
    var engine = self
    engine.graphs = GraphCache()
    engine.isSimulated = true
    return engine
  }

  /// Returns an engine that has the timers of its transactions prepared for staging before their commit.
  func scheduling(
    _ prepare: @escaping @Sendable (Set<TimerBucket>, Transaction) -> Void
  ) -> CampaignEngine {
    var engine = self
    engine.willStage = prepare
    return engine
  }

  /// Returns an engine for some contacts only: due entries of others are left alone.
  func confined(to contacts: [Int64]) -> CampaignEngine {
    var engine = self
    engine.contactScope = contacts
    return engine
  }

  /// Runs a body as a transaction of a campaign, and writes its counters at the end.
  ///
  /// - Returns: The body's result, and the timers to stage after the commit; nil if the campaign does not
  ///   exist, is deleted, or (unless `includingUnpublished`) is not live (CAM-602).
  func transaction<R: Sendable>(
    _ campaign: Int64, in database: Transaction, includingUnpublished: Bool = false,
    cascade: Cascade = Cascade(), _ body: (CampaignTransaction) async throws -> R
  ) async throws -> (result: R, timers: Set<TimerBucket>)? {
    let settings = try await settings()
    guard
      let (version, isLive, isSuspect) = try await CampaignStore.liveness(
        campaign, now: database.now, on: database.connection),
      isLive || includingUnpublished
    else { return nil }
    let graph = try await graphs.graph(campaign, version: version, on: database.connection)
    let transaction = CampaignTransaction(
      engine: self, graph: graph, settings: settings, in: database, isLive: isLive,
      cascade: cascade)
    if !isSimulated {
      // Noted in the transaction that is careful because of it, so that what it schedules is claimed with care.
      if CrashSuspicion.isRaised, !isSuspect {
        try await CampaignStore.suspect(campaign, in: database)
      }
      transaction.isCautious = isSuspect || CrashSuspicion.isRaised
    }
    cascade.begin(transaction)
    defer { cascade.end(transaction) }
    let result = try await body(transaction)
    if !transaction.progress.counters.isEmpty {
      try await transaction.counters.add(transaction.progress.counters)
      transaction.progress.counters = CounterBatch()
    }
    willStage(transaction.progress.timers, database)
    return (result, transaction.progress.timers)
  }
}
