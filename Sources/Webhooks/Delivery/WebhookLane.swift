import Foundation
import JobQueue
import ServiceLifecycle

/// Sends what waits for one webhook, one request after the other, while it holds the webhook's lane.
///
/// A delivery is committed before it is sent, and its outcome is committed before the next one. The process that takes the
/// lane after the death of its holder finds the delivery waiting, and sends the same body under the same name.
struct WebhookLane: Sendable {
  let webhook: Int64
  let token: UUID
  let jobs: JobClient
  let records: any WebhookRecords
  let sender: WebhookSender
  let options: WebhookOptions
  let settings: WebhookSettings

  /// The events that are looked at for a delivery at least, so that those of deleted records are dropped in sets.
  private static let read = 200

  /// What a turn ended with.
  enum End: Equatable {
    /// Nothing waits, or the lane is another's.
    case idle
    /// More may wait.
    case turnOver
    /// A request failed.
    case failed(String)
  }

  private enum Step {
    case call(WebhookCall, Webhook)
    /// What waited was about records that are gone; more may wait.
    case dropped
    case nothing
    case lost
  }

  /// Sends until nothing waits, a request fails, or others should have their turn.
  ///
  /// - Throws: The error of the database or of a cancelled task; the lane then lapses.
  func run() async throws -> End {
    let start = ContinuousClock.now
    for _ in 0..<options.turn where .now - start < options.turnTime {
      if Task.isCancelled || Task.isShuttingDownGracefully { break }
      switch try await next() {
      case .lost, .nothing:
        try await release()
        return .idle
      case .dropped: continue
      case .call(let call, let webhook):
        let outcome = await sender.send(
          call, allowsPrivateAddresses: settings.allowsPrivateAddresses)
        guard let outcome else { throw CancellationError() }
        guard let end = try await record(outcome, of: call, webhook) else { continue }
        return end
      }
    }
    try await release()
    return .turnOver
  }

  private var leaseEnd: Date {
    jobs.clock.now.addingTimeInterval(Double(options.lease.components.seconds))
  }

  /// The delivery that is to be sent next: one that waits, else one of the events that wait.
  private func next() async throws -> Step {
    let (step, hook, queued) = try await jobs.transaction {
      transaction -> (Step, Webhook?, [QueuedEvent]) in
      let connection = transaction.connection
      guard
        let hook = try await WebhookLaneStore.hold(
          webhook, token: token, until: leaseEnd, on: connection)
      else { return (.lost, nil, []) }
      if let (id, body) = try await WebhookLaneStore.waiting(webhook, on: connection) {
        return (.call(call(id, body, hook), hook), hook, [])
      }
      let queued = try await WebhookLaneStore.events(
        webhook, limit: max(hook.values.batchSize, Self.read), on: connection)
      return (.nothing, hook, queued)
    }
    guard let hook, !queued.isEmpty else { return step }
    // Rendered outside of any transaction: nobody else takes these events while the lane is held.
    let body = WebhookBody(
      queued, most: hook.values.batchSize, order: hook.values.order,
      records: try await render(queued))
    return try await jobs.transaction { transaction in
      let held = try await WebhookLaneStore.hold(
        webhook, token: token, until: leaseEnd, on: transaction.connection)
      guard held != nil else { return .lost }
      try await WebhookLaneStore.remove(
        body.events + body.dropped, of: webhook, in: transaction)
      guard !body.events.isEmpty else { return .dropped }
      let id = try await WebhookLaneStore.insert(
        body.text, events: body.events.count, of: webhook, in: transaction)
      return .call(call(id, body.text, hook), hook)
    }
  }

  private func call(_ id: Int64, _ body: String, _ hook: Webhook) -> WebhookCall {
    WebhookCall(
      delivery: id, webhook: webhook, url: hook.values.url, secret: hook.values.secret, body: body)
  }

  /// The records that events are about, one call for each kind.
  private func render(
    _ events: [QueuedEvent]
  ) async throws -> [WebhookRecordKind: [Int64: String]] {
    var wanted: [WebhookRecordKind: Set<Int64>] = [:]
    for event in events {
      let kinds = event.event.records
      if let kind = kinds.contact, let id = event.contact { wanted[kind, default: []].insert(id) }
      if let kind = kinds.subject, let id = event.subject { wanted[kind, default: []].insert(id) }
    }
    var rendered: [WebhookRecordKind: [Int64: String]] = [:]
    for (kind, ids) in wanted { rendered[kind] = try await records.render(kind, ids.sorted()) }
    return rendered
  }

  /// Records an outcome.
  ///
  /// - Returns: How the turn ends; nil if it goes on.
  private func record(
    _ outcome: WebhookOutcome, of call: WebhookCall, _ hook: Webhook
  ) async throws -> End? {
    try await jobs.transaction { transaction in
      let failures = try await WebhookLaneStore.record(
        outcome, of: call, token: token, in: transaction)
      guard let failures else { return .idle }
      if outcome.isSuccess { return nil }
      if outcome.isGone || failures >= options.mostFailures {
        try await WebhookLaneStore.switchOff(
          hook,
          because: outcome.isGone
            ? "The receiver answered that it is gone (HTTP 410)."
            : "\(failures) requests in a row failed, the last one with: \(outcome.note)",
          in: transaction)
      }
      try await WebhookLaneStore.release(
        webhook, token: token,
        retryAt: transaction.now.addingTimeInterval(options.pause(after: failures)),
        in: transaction)
      return .failed(outcome.note)
    }
  }

  /// Gives the lane back.
  func release(retryAt: Date? = nil) async throws {
    try await jobs.transaction { transaction in
      try await WebhookLaneStore.release(
        webhook, token: token, retryAt: retryAt, in: transaction)
    }
  }
}

/// What the operator sets for webhooks.
package struct WebhookSettings: Sendable {
  /// Whether receivers may have addresses that are not public (CAM-454).
  package var allowsPrivateAddresses: Bool

  package init(allowsPrivateAddresses: Bool = false) {
    self.allowsPrivateAddresses = allowsPrivateAddresses
  }
}

/// The limits of sending.
package struct WebhookOptions: Sendable {
  /// The number of webhooks that a process sends for at the same time.
  package var lanes = 64
  /// The longest that a receiver may take.
  package var timeout = Duration.seconds(15)
  /// The time after which the lane of a dead process is another's, in whole seconds; several times ``look``.
  package var lease = Duration.seconds(8)
  /// The longest until a process looks for lanes that are due, and holds its own for longer.
  package var look = Duration.seconds(2)
  /// The number of requests after which a lane waits for its next turn.
  package var turn = 200
  /// The time after which a lane waits for its next turn.
  package var turnTime = Duration.seconds(30)
  /// The number of failures in a row at which a webhook is switched off.
  package var mostFailures = 100

  package init() {}

  /// The seconds until the next attempt: ten, doubled with each failure in a row, up to a quarter of an hour, so that a
  /// webhook is switched off after a day of failures.
  func pause(after failures: Int) -> Double {
    min(900, 10 * Double(1 << min(max(failures - 1, 0), 7)))
  }
}
