import Contacts
package import Foundation
package import JobQueue
package import Postgres
package import Users

/// Reads and writes webhooks (api.md 9). A new one is told of what is committed from then on; with a deleted one go its log
/// and what waits for it.
package struct WebhookStore: TableStore {
  package typealias Record = Webhook

  package let transactions: TransactionRunner

  package init(jobs: JobClient) { transactions = jobs.transactions }

  package static let table = "webhooks"
  package static let noun = "webhook"
  package static let further: SQL? = "is_paused, disabled_reason, failures"
  package static let source: SQL = "webhooks JOIN webhook_lanes l ON l.webhook_id = webhooks.id"

  package static func read(
    _ rows: PostgresRows, on connection: PostgresConnection
  ) async throws -> [Webhook] {
    try await read(rows, on: connection) { row, values, category in
      Webhook(
        id: try row.decode("id"), values: values, category: category,
        isPaused: try row.decode("is_paused"), disabledReason: try row.decode("disabled_reason"),
        failures: try row.decode("failures"), dates: try RecordDates(row))
    }
  }

  /// Whether any webhook is told of anything.
  package static func isAnyInUse(on pool: PostgresPool) async throws -> Bool {
    try await pool.query("SELECT EXISTS (SELECT FROM webhooks WHERE is_published)")
      .first?.decode(at: 0) ?? false
  }

  /// Gives a new webhook its lane. Published again, one goes on with what waits; so does one with a new address.
  package func follow(
    _ id: Int64, from before: WebhookValues?, to after: WebhookValues, in transaction: Transaction
  ) async throws {
    guard let before else {
      return await transaction.sendWithNext(
        "INSERT INTO webhook_lanes (webhook_id) VALUES (\(id))")
    }
    let isBack = after.isPublished && !before.isPublished
    if isBack {
      await transaction.sendWithNext(
        "UPDATE webhooks SET disabled_reason = NULL WHERE id = \(id)")
    }
    if isBack || after.url != before.url { try await retry(id, in: transaction) }
  }

  package func remove(_ webhook: Webhook, in transaction: Transaction) async throws {
    try await transaction.pipeline([
      "DELETE FROM webhook_queue WHERE webhook_id = \(webhook.id)",
      "DELETE FROM webhooks WHERE id = \(webhook.id)",
    ])
  }

  /// Keeps events back from here on, or sends again what was kept.
  ///
  /// - Returns: The changed webhook; `nil` if there is none.
  package func setPaused(
    _ isPaused: Bool, _ id: Int64, by author: Author, now: Date
  ) async throws -> Webhook? {
    try await transactions.transaction(at: now) { transaction in
      await transaction.sendWithNext("SELECT FROM webhooks WHERE id = \(id) FOR NO KEY UPDATE")
      guard let before = try await Self.find(id, on: transaction.connection) else { return nil }
      guard before.isPaused != isPaused else { return before }
      try await transaction.query("UPDATE webhooks SET is_paused = \(isPaused) WHERE id = \(id)")
      if !isPaused { try await retry(id, in: transaction) }
      try await audit(isPaused ? "pause" : "resume", id, by: author, in: transaction)
      return try await found(id, in: transaction)
    }
  }

  /// Sends at once what waits, as if nothing had failed.
  ///
  /// - Returns: The webhook; `nil` if there is none.
  package func sendNow(_ id: Int64, by author: Author, now: Date) async throws -> Webhook? {
    try await transactions.transaction(at: now) { transaction in
      await transaction.sendWithNext("SELECT FROM webhooks WHERE id = \(id) FOR NO KEY UPDATE")
      guard try await Self.find(id, on: transaction.connection) != nil else { return nil }
      try await retry(id, in: transaction)
      try await audit("retry", id, by: author, in: transaction)
      return try await found(id, in: transaction)
    }
  }

  /// Lets a lane begin at once, as if nothing had failed.
  private func retry(_ id: Int64, in transaction: Transaction) async throws {
    try await transaction.query(
      "UPDATE webhook_lanes SET retry_at = NULL, failures = 0 WHERE webhook_id = \(id)")
    transaction.announce(WebhooksDue.self)
  }
}
