import Foundation
package import JobQueue
package import Logging
import ServiceLifecycle
import Synchronization
import Transfer

/// Sends for all webhooks that are due, each in a task of its own: a receiver that takes its time holds up nobody else,
/// and no slot of the queue waits for it.
package final class WebhookDispatcher: Service, CustomStringConvertible {
  /// The shortest time between two looks for lanes.
  private static let pause = Duration.milliseconds(25)

  private let jobs: JobClient
  private let records: any WebhookRecords
  private let sender: WebhookSender
  private let settings: @Sendable () async throws -> WebhookSettings
  private let options: WebhookOptions
  private let logger: Logger
  private let signals = WakeSignals()
  /// What names this process as the holder of lanes.
  private let token = UUID()
  /// The webhooks whose lanes this process works on.
  private let running = Mutex<Set<Int64>>([])

  /// Creates a dispatcher.
  ///
  /// - Parameters:
  ///   - jobs: The database and the clock.
  ///   - origin: The address of this installation.
  ///   - records: Renders what events are about.
  ///   - settings: Reads what the operator has set.
  ///   - options: The limits.
  ///   - logger: Receives a line for each failure.
  package init(
    jobs: JobClient, origin: String, records: any WebhookRecords,
    settings: @escaping @Sendable () async throws -> WebhookSettings,
    options: WebhookOptions = WebhookOptions(), logger: Logger
  ) {
    self.jobs = jobs
    self.records = records
    self.settings = settings
    self.options = options
    self.logger = logger
    sender = WebhookSender(
      client: HTTPClient(concurrency: options.lanes), origin: origin, timeout: options.timeout)
  }

  package var description: String { "webhook dispatcher" }

  /// Looks for lanes that are due, soon.
  package func wake() { signals.signal() }

  /// Sends until graceful shutdown, which lets the requests under way end, or cancellation.
  package func run() async {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await self.tick() }
      group.addTask { await self.dispatch() }
      // The ticks end only with the dispatching.
      await group.next()
      group.cancelAll()
    }
  }

  /// Looks for lanes now and then, and keeps those at work from lapsing.
  private func tick() async {
    while true {
      await extend()
      wake()
      do { try await Task.sleep(for: options.look) } catch { return }
    }
  }

  private func extend() async {
    // A lane of this process without a task, since its release failed, lapses and is taken again.
    let webhooks = running.withLock { $0.sorted() }
    guard !webhooks.isEmpty else { return }
    do {
      try await jobs.transaction { transaction in
        try await WebhookLaneStore.extend(webhooks, token: token, until: leaseEnd, in: transaction)
      }
    } catch {
      logger.debug("The lanes of webhooks may lapse", metadata: ["error": "\(error)"])
    }
  }

  private var leaseEnd: Date {
    jobs.clock.now.addingTimeInterval(Double(options.lease.components.seconds))
  }

  private func dispatch() async {
    await withDiscardingTaskGroup { group in
      await signals.each(atMostEvery: Self.pause) {
        for lane in await take() {
          group.addTask {
            let mayHaveMore = await self.work(lane)
            _ = self.running.withLock { $0.remove(lane.webhook) }
            if mayHaveMore { self.wake() }
          }
        }
      }
    }
  }

  /// Takes as many lanes that are due as this process has room for.
  private func take() async -> [WebhookLane] {
    let busy = running.withLock { $0 }
    guard busy.count < options.lanes else { return [] }
    do {
      let settings = try await settings()
      let webhooks = try await jobs.transaction { transaction in
        try await WebhookLaneStore.take(
          options.lanes - busy.count, except: busy.sorted(), token: token, until: leaseEnd,
          in: transaction)
      }
      running.withLock { $0.formUnion(webhooks) }
      return webhooks.map { webhook in
        WebhookLane(
          webhook: webhook, token: token, jobs: jobs, records: records, sender: sender,
          options: options, settings: settings)
      }
    } catch {
      if !Task.isCancelled {
        logger.warning(
          "Webhooks that are due could not be read", metadata: ["error": "\(error)"])
      }
      return []
    }
  }

  /// Sends for a lane.
  ///
  /// - Returns: Whether something may wait that is due: an event may also have come while the lane was given back.
  private func work(_ lane: WebhookLane) async -> Bool {
    do {
      switch try await lane.run() {
      case .idle, .turnOver: return true
      case .failed(let note):
        logger.info(
          "A webhook's receiver failed",
          metadata: ["webhook": "\(lane.webhook)", "error": .string(note)])
      }
    } catch is CancellationError {
      // Nobody knows what came of the request: it is repeated under the same name when the lane lapses.
    } catch {
      guard !Task.isCancelled else { return false }
      logger.error(
        "A webhook could not be sent",
        metadata: ["webhook": "\(lane.webhook)", "error": "\(error)"])
      await putOff(lane)
    }
    return false
  }

  /// Puts off a lane that failed by an error of this side, such as a record that cannot be read.
  private func putOff(_ lane: WebhookLane) async {
    do {
      try await lane.release(retryAt: jobs.clock.now.addingTimeInterval(30))
    } catch {
      logger.debug(
        "The lane of a webhook lapses",
        metadata: ["webhook": "\(lane.webhook)", "error": "\(error)"])
    }
  }
}
