import Foundation
import Logging
import Postgres
import Redis

extension Worker {
  /// Writes to PostgreSQL what handlers left to be written, many jobs in a statement, then passes
  /// the jobs on to be acknowledged in Redis.
  func settleLoop() async {
    while let settlements = await unsettled.takeAll() {
      await record(settlements)
      unacknowledged.put(settlements)
    }
    unacknowledged.close()
  }

  private func record(_ settlements: [Settlement]) async {
    let now = client.clock.now
    var endings: [DurableStore.Ending] = []
    var retries: [DurableStore.Failure] = []
    var deaths: [DurableStore.Failure] = []
    var concerned: [Delivery] = []
    for settlement in settlements where settlement.delivery.entry.isDurable {
      let delivery = settlement.delivery
      func failure(_ error: String, retryAt: Date?) -> DurableStore.Failure {
        DurableStore.Failure(
          id: delivery.entry.id, token: delivery.token, attempt: delivery.entry.attempt + 1,
          retryAt: retryAt, error: error)
      }
      switch settlement.action {
      case .done(removesRow: true):
        concerned.append(delivery)
        endings.append(delivery.ending(now: now))
      case .retry(let error, let delay):
        concerned.append(delivery)
        retries.append(failure(error, retryAt: now.addingTimeInterval(delay.seconds)))
      case .dead(let error):
        concerned.append(delivery)
        deaths.append(failure(error, retryAt: nil))
      case .done, .drop, .back: break
      }
    }
    guard !endings.isEmpty || !retries.isEmpty || !deaths.isEmpty else { return }
    let (ended, tried, died) = (endings, retries, deaths)
    let mayWait = services.evictionGrace.time(for: concerned) != nil
    var failures = 0
    while !isAbandoned {
      do {
        if !mayWait, tried.isEmpty, died.isEmpty, !ended.contains(where: \.keeps) {
          try await removeSimply(ended, of: concerned, now: now)
        } else {
          try await write(ended, tried, died, of: concerned, now: now)
        }
        outages.back(.postgres)
        return
      } catch {
        failures += 1
        // The jobs stay in this worker's hands, so nobody else begins them meanwhile. A worker
        // that is told to go lets its lease run out instead.
        if isDraining, failures > 20 { return }
        if BackendUnavailable(error) != nil {
          outages.away(.postgres, error)
        } else {
          logger.error("The end of jobs could not be recorded", metadata: ["error": "\(error)"])
        }
        await drain.wait(atMost: .milliseconds(min(2000, 50 << min(failures, 6))))
      }
    }
  }

  /// Jobs without batch and history need no transaction of several statements. Those of a batch
  /// are counted down in a second round, with their rows still there.
  private func removeSimply(
    _ endings: [DurableStore.Ending], of deliveries: [Delivery], now: Date
  ) async throws {
    let sorted = endings.sorted { $0.id < $1.id }
    let removed = try await client.postgres.query(
      """
      DELETE FROM jobs
      USING unnest(\(sorted.map(\.id.uuid))::uuid[], \(sorted.map(\.token))::bigint[])
        AS e (id, token)
      WHERE jobs.id = e.id AND jobs.fence <= e.token AND jobs.state = 0 AND jobs.batch_id IS NULL
      """)
    if removed.affected < endings.count {
      try await write(endings, [], [], of: deliveries, now: now)
    }
  }

  private func write(
    _ endings: [DurableStore.Ending], _ retries: [DurableStore.Failure],
    _ deaths: [DurableStore.Failure], of deliveries: [Delivery], now: Date
  ) async throws {
    let services = services
    let rows = try await client.postgres.transaction { connection in
      let (batches, failed) = try await Eviction.guarding(
        deliveries, on: connection, services: services
      ) {
        var batches: [BatchID] = []
        if !endings.isEmpty {
          batches = try await DurableStore.end(endings, now: now, on: connection).compactMap(\.1)
        }
        try await DurableStore.recordRetries(retries, now: now, on: connection)
        return (batches, try await DurableStore.recordDeaths(deaths, now: now, on: connection))
      }
      var rows = try await DurableStore.countDown(batches, failed: false, now: now, on: connection)
      rows += try await DurableStore.countDown(failed, failed: true, now: now, on: connection)
      return rows
    }
    await client.pushCommitted(rows)
  }
}
