import Logging
import Redis

/// Reports settlements to Redis: one script call for all done jobs of a queue, one call in a common pipeline for
/// each other job.
final class Acknowledger: Sendable {
  /// The time in which ends of jobs gather after others were reported.
  static let gathering = Duration.milliseconds(1)

  private let queue = BatchQueue<Settlement>()
  private let client: JobClient
  private let inFlight: InFlightJobs
  private let health: BackendHealth
  private let shutdown: Shutdown
  private let finished = Signal()
  private let logger: Logger

  init(
    client: JobClient, inFlight: InFlightJobs, health: BackendHealth, shutdown: Shutdown,
    logger: Logger
  ) {
    self.client = client
    self.inFlight = inFlight
    self.health = health
    self.shutdown = shutdown
    self.logger = logger
  }

  func put(_ settlements: [Settlement]) { queue.put(settlements) }

  /// Gives back jobs that were not started.
  func requeue(_ deliveries: [Delivery]) {
    queue.put(deliveries.map { Settlement($0, .requeue(after: .zero)) })
  }

  /// Lets ``run()`` return once the settlements so far are reported.
  func close() { queue.close() }

  /// Waits until ``run()`` has returned, at most for a time.
  func waitUntilFinished(atMost time: Duration) async {
    if !shutdown.isAbandoned { await finished.wait(atMost: time) }
  }

  /// Runs until closed.
  ///
  /// There is a short pause between two rounds: single jobs do not wait for it, and many jobs share one round. Redis
  /// holds the entries meanwhile.
  func run() async {
    while let settlements = await queue.takeAll() {
      await report(settlements)
      // A cancelled task does not sleep; its rounds only get smaller.
      do { try await Task.sleep(for: Self.gathering) } catch {}
    }
    finished.raise()
  }

  /// Reports settlements until Redis accepts them. Every script acts only on entries that this worker still holds, so
  /// all may be sent again.
  private func report(_ settlements: [Settlement]) async {
    let calls = AcknowledgementCalls(settlements, offset: client.clock.offset)
    var failures = 0
    while !shutdown.isAbandoned {
      do {
        try await send(calls)
        health.back(.redis)
        inFlight.remove(settlements)
        return
      } catch {
        failures += 1
        health.away(.redis, error)
        if shutdown.isDraining, failures > 20 { return }
        await shutdown.wait(atMost: BackendHealth.pause(afterFailures: failures))
      }
    }
  }

  private func send(_ calls: AcknowledgementCalls) async throws {
    for call in calls.finishes {
      let ended = try await client.redis.run(
        Scripts.finish, keys: [RedisArgument(client.keys.base(call.queue))],
        arguments: call.arguments)
      if let count = ended.int, count < call.count {
        logger.notice(
          "Jobs ended that were no longer this worker's",
          metadata: ["queue": "\(call.queue)", "jobs": "\(call.count - Int(count))"])
      }
    }
    for (script, single) in [
      (Scripts.requeue, calls.requeues), (Scripts.deadLetter, calls.deadLetters),
    ] where !single.isEmpty {
      let calls = single.map { ([RedisArgument(client.keys.base($0.queue))], $0.arguments) }
      for reply in try await client.redis.pipeline(script, calls: calls) { _ = try reply.get() }
    }
  }
}
