import Foundation
import Logging
import Postgres

/// Writes settlements of durable jobs to PostgreSQL, many jobs in a statement, then passes them to the acknowledger.
final class Settler: Sendable {
  private let queue = BatchQueue<Settlement>()
  private let services: JobServices
  private let acknowledger: Acknowledger
  private let health: BackendHealth
  private let shutdown: Shutdown

  init(
    services: JobServices, acknowledger: Acknowledger, health: BackendHealth, shutdown: Shutdown
  ) {
    self.services = services
    self.acknowledger = acknowledger
    self.health = health
    self.shutdown = shutdown
  }

  /// Accepts settlements. A single one that does not concern PostgreSQL goes to Redis at once.
  func put(_ settlements: [Settlement]) {
    if settlements.count == 1, case .done(removesRow: false) = settlements[0].action {
      acknowledger.put(settlements)
    } else {
      queue.put(settlements)
    }
  }

  /// Lets ``run()`` return once the settlements so far are written, and the acknowledger after it.
  func close() { queue.close() }

  /// Runs until closed.
  func run() async {
    while let settlements = await queue.takeAll() {
      await record(SettlementRecords(settlements, now: services.clock.now))
      acknowledger.put(settlements)
    }
    acknowledger.close()
  }

  /// Writes records until PostgreSQL accepts them. This worker keeps holding the jobs, so no other starts them
  /// meanwhile. A draining worker gives up after 20 failures and lets its lease run out.
  private func record(_ records: SettlementRecords) async {
    guard !records.isEmpty else { return }
    var failures = 0
    while !shutdown.isAbandoned {
      do {
        try await write(records)
        health.back(.postgres)
        return
      } catch {
        failures += 1
        if shutdown.isDraining, failures > 20 { return }
        if BackendUnavailable(error) != nil {
          health.away(.postgres, error)
        } else {
          services.logger.error(
            "The end of jobs could not be recorded", metadata: ["error": "\(error)"])
        }
        await shutdown.wait(atMost: BackendHealth.pause(afterFailures: failures))
      }
    }
  }

  /// Jobs without batch and history need no transaction of several statements. Those of a batch are counted down in
  /// a second round, with their rows still there.
  private func write(_ records: SettlementRecords) async throws {
    if records.areRemovalsAlone, services.evictionGrace.time(for: records.deliveries) == nil {
      let removed = try await DurableStore.removeUnbatched(
        records.endings, on: services.client.postgres)
      if removed.count == records.endings.count { return }
    }
    try await writeInTransaction(records)
  }

  private func writeInTransaction(_ records: SettlementRecords) async throws {
    let services = services
    let rows = try await services.client.postgres.transaction { connection in
      let now = records.now
      let (batches, failed) = try await Eviction.guarding(
        records.deliveries, on: connection, services: services
      ) {
        let ended = try await DurableStore.end(records.endings, now: now, on: connection)
        try await DurableStore.recordRetries(records.retries, now: now, on: connection)
        let failed = try await DurableStore.recordDeaths(records.deaths, now: now, on: connection)
        return (ended.compactMap(\.batch), failed)
      }
      var rows = try await DurableStore.countDown(batches, failed: false, now: now, on: connection)
      rows += try await DurableStore.countDown(failed, failed: true, now: now, on: connection)
      return rows
    }
    await services.client.pushCommitted(rows)
  }
}

/// The rows that settlements concern, by the statement that writes them.
struct SettlementRecords: Sendable {
  let now: Date
  private(set) var endings: [DurableStore.Ending] = []
  private(set) var retries: [DurableStore.Failure] = []
  private(set) var deaths: [DurableStore.Failure] = []
  private(set) var deliveries: [Delivery] = []

  init(_ settlements: [Settlement], now: Date) {
    self.now = now
    for settlement in settlements where settlement.delivery.entry.isDurable {
      let delivery = settlement.delivery
      func failed(_ error: String, retryAt: Date?) -> DurableStore.Failure {
        DurableStore.Failure(
          id: delivery.entry.id, token: delivery.token, attempt: delivery.entry.attempt + 1,
          retryAt: retryAt, error: error)
      }
      switch settlement.action {
      case .done(removesRow: true): endings.append(delivery.ending(now: now))
      case .retry(let error, let delay):
        retries.append(failed(error, retryAt: now.addingTimeInterval(delay.seconds)))
      case .dead(let error): deaths.append(failed(error, retryAt: nil))
      case .done, .drop, .requeue: continue
      }
      deliveries.append(delivery)
    }
  }

  var isEmpty: Bool { deliveries.isEmpty }

  /// Whether the records only remove rows, without history.
  var areRemovalsAlone: Bool {
    retries.isEmpty && deaths.isEmpty && !endings.contains(where: \.keeps)
  }
}
