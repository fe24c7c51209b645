import Contacts
import Foundation
import JobQueue
import Logging
import Postgres
import Synchronization

/// Campaigns at work in a process: what jobs, acts and the API call.
package final class CampaignService: Sendable {
  let engine: CampaignEngine
  let jobs: JobClient
  let logger: Logger
  /// The campaigns of events, which never change.
  private let campaigns = Mutex<[Int64: Int64]>([:])
  private let later = Mutex<Set<TimerBucket>>([])

  /// So many entries are executed in one transaction.
  let batchSize: Int
  /// So many contacts are taken in or out in one transaction.
  let memberBatchSize: Int

  init(
    engine: CampaignEngine, jobs: JobClient, batchSize: Int = 2_000, memberBatchSize: Int = 16_384,
    logger: Logger
  ) {
    self.engine = engine
    self.jobs = jobs
    self.batchSize = batchSize
    self.memberBatchSize = memberBatchSize
    self.logger = logger
  }

  /// The campaign of an event; nil for one that does not exist any more.
  func campaign(of event: Int64) async throws -> Int64? {
    if let known = campaigns.withLock({ $0[event] }) { return known }
    return try await jobs.postgres.withConnection { try await campaign(of: event, on: $0) }
  }

  /// The same within a transaction.
  func campaign(of event: Int64, on connection: PostgresConnection) async throws -> Int64? {
    if let known = campaigns.withLock({ $0[event] }) { return known }
    let rows = try await connection.query(
      "SELECT campaign_id FROM campaign_events WHERE id = \(event)")
    guard let campaign: Int64 = try rows.first?.decode(at: 0) else { return nil }
    campaigns.withLock { known in
      if known.count > 100_000 { known.removeAll() }
      known[event] = campaign
    }
    return campaign
  }

  /// Runs a body as a pass in a transaction of its own, and wakes what came of it.
  ///
  /// - Returns: nil where the campaign does not exist or is not live.
  func pass<R: Sendable>(
    _ campaign: Int64, now: Date? = nil, evenAsleep: Bool = false,
    _ body: @Sendable (CampaignTransaction) async throws -> R
  ) async throws -> R? {
    let (engine, now) = (engine, now ?? jobs.clock.now)
    let done = try await jobs.transaction { connection, outbox in
      try await engine.pass(
        campaign, now: now, on: connection, outbox, evenAsleep: evenAsleep, body)
    }
    guard let done else { return nil }
    await wake(done.wakes)
    return done.result
  }

  /// The signal that the pool gives in this process when somebody else's transaction made something due.
  static let signal = "campaign_wakes"

  /// Wakes once the transaction of somebody else has committed.
  func wake(_ wakes: Set<TimerBucket>, after connection: PostgresConnection) async {
    guard !wakes.isEmpty else { return }
    later.withLock { $0.formUnion(wakes) }
    await connection.signal(Self.signal)
  }

  /// Wakes what transactions that have committed meanwhile made due.
  func wakeNow() async {
    let wakes = later.withLock { held in
      defer { held = [] }
      return held
    }
    await wake(wakes)
  }

  /// Lays what is due soon into the order of work. What fails here, the look finds.
  func wake(_ wakes: Set<TimerBucket>) async {
    guard !wakes.isEmpty else { return }
    do {
      let now = jobs.clock.now
      var due: Set<Int64> = []
      var later: [(wake: TimerBucket, campaign: Int64)] = []
      for wake in wakes.sorted(by: { $0.slot < $1.slot }) {
        guard let campaign = try await campaign(of: wake.event) else { continue }
        guard wake.end <= now else {
          later.append((wake, campaign))
          continue
        }
        // Once for all that is due already; a job of this slot may have looked before the commit.
        guard due.insert(wake.event).inserted else { continue }
        try await jobs.enqueue(
          ExecuteDue(event: wake.event), EnqueueOptions(lane: CampaignJobs.lane(campaign)))
      }
      // Entries with times of their own fill hundreds of slots: their commands share round trips.
      for start in stride(from: 0, to: later.count, by: 64) {
        try await withThrowingTaskGroup(of: Void.self) { group in
          for (wake, campaign) in later[start..<min(start + 64, later.count)] {
            group.addTask { [jobs] in try await Self.lay(wake, campaign, jobs) }
          }
          try await group.waitForAll()
        }
      }
    } catch {
      logger.warning(
        "What comes due could not be laid into Redis; the periodic look will",
        metadata: ["error": "\(error)"])
    }
  }

  private static func lay(_ wake: TimerBucket, _ campaign: Int64, _ jobs: JobClient) async throws {
    try await jobs.enqueue(
      ExecuteDue(event: wake.event, slot: wake.slot),
      EnqueueOptions(
        runAt: wake.end, lane: CampaignJobs.lane(campaign),
        uniqueKey: "\(wake.event):\(wake.slot)"))
  }

  /// Has whatever is due of an event executed.
  package func executeSoon(_ event: Int64) async throws {
    try await jobs.enqueue(ExecuteDue(event: event))
  }

  /// Has the order of work looked after now, instead of within seconds.
  package func lookSoon() async throws {
    try await jobs.enqueue(ReconcileCampaigns())
  }

  // MARK: Executing

  func execute(_ job: ExecuteDue, _ context: JobContext) async throws {
    guard let campaign = try await campaign(of: job.event) else { return }
    // The worker's clock may stand a little before Redis's: nothing fires early (CAM-213).
    if let slot = job.slot {
      let early = TimerBucket(event: job.event, slot: slot).end.timeIntervalSince(context.clock.now)
      if early > 0 { try await Task.sleep(for: .seconds(min(early, 1))) }
    }
    let start = ContinuousClock.now
    var isFirst = job.continues != true
    while true {
      try context.checkLease()
      let taken = try await executeBatch(job.event, campaign)
      guard taken >= batchSize else { return }
      // There is more. Others help, and after a while other campaigns have their turn (CAM-904).
      if isFirst {
        isFirst = false
        try await goOn(job.event, campaign)
      }
      if ContinuousClock.now - start > .milliseconds(500) {
        return try await goOn(job.event, campaign)
      }
    }
  }

  private func goOn(_ event: Int64, _ campaign: Int64) async throws {
    try await jobs.enqueue(
      ExecuteDue(event: event, continues: true),
      EnqueueOptions(lane: CampaignJobs.lane(campaign)))
  }

  /// Executes a batch of what is due of an event. Gives how many entries were taken.
  func executeBatch(_ event: Int64, _ campaign: Int64) async throws -> Int {
    let (size, now) = (batchSize, jobs.clock.now)
    enum Step: Sendable {
      case done(Int)
      case outside(Claim?, Int)
    }
    let step = try await pass(campaign, now: now) { pass -> Step in
      guard let event = pass.graph[event] else { return .done(0) }
      guard case .outside(let action)? = pass.engine.types[event.type] else {
        return .done(try await pass.runDue(event, limit: size))
      }
      let limit = min(size, Self.outsideBatch)
      let claim = try await pass.claimOutside(
        event, action, limit: limit, lease: Self.outsideLease)
      return .outside(claim, claim?.taken ?? 0 >= limit ? size : 0)
    }
    switch step {
    case nil: return 0
    case .done(let count)?:
      CampaignMetrics.executed.increment(by: count)
      return count
    case .outside(let claim, let count)?:
      if let claim { try await perform(claim, campaign) }
      return count
    }
  }

  // MARK: Effects outside

  /// So many entries are claimed at once for an effect outside.
  static let outsideBatch = 64
  /// So long a claim holds unless it is renewed: a worker that died is missed after that.
  static let outsideLease = Duration.seconds(12)

  /// Has the effects of claimed entries, a few at a time, and records what came of them as they end.
  private func perform(_ claim: Claim, _ campaign: Int64) async throws {
    guard case .outside(let action)? = engine.types[claim.event.type] else { return }
    // Cancelled where this scope ends.
    async let _ = keep(claim, every: Self.outsideLease / 4)
    try await withThrowingTaskGroup(of: (Entry, Result<Void, ActionFailure>).self) { group in
      var rest = claim.entries[...]
      func next() {
        guard let entry = rest.popFirst() else { return }
        group.addTask {
          guard let contact = claim.contacts[entry.runner.contact] else {
            return (entry, .success(()))
          }
          let result = await action.perform(
            claim.event, contact, key: claim.key(entry), claim.settings)
          // What was broken off as this worker stops says nothing of the other side.
          try Task.checkCancellation()
          return (entry, result)
        }
      }
      for _ in 0..<8 { next() }
      var results: [(Entry, Result<Void, ActionFailure>)] = []
      while let result = try await group.next() {
        results.append(result)
        next()
        if results.count >= 16 || rest.isEmpty && results.count >= 8 {
          try await record(claim, results, campaign)
          results = []
        }
      }
      if !results.isEmpty { try await record(claim, results, campaign) }
    }
  }

  /// Renews a claim until the task is cancelled, however long the other side takes.
  func keep(_ claim: Claim, every pause: Duration) async {
    while true {
      do {
        try await Task.sleep(for: pause)
        let until = jobs.clock.now.addingTimeInterval(Self.outsideLease / .seconds(1))
        try await jobs.postgres.withConnection { try await claim.renew(until: until, on: $0) }
      } catch {
        if Task.isCancelled { return }
        logger.warning("A claim could not be renewed", metadata: ["error": "\(error)"])
      }
    }
  }

  private func record(
    _ claim: Claim, _ results: [(Entry, Result<Void, ActionFailure>)], _ campaign: Int64
  ) async throws {
    // What was claimed before the campaign was unpublished ends all the same (CAM-604).
    _ = try await pass(campaign, evenAsleep: true) { try await $0.record(claim, results) }
  }
}
