import Contacts
package import Foundation
package import JobQueue
package import Postgres
import Primitives
package import Users

/// Reads and writes webhooks (api.md 9).
package struct WebhookStore: Sendable {
  let jobs: JobClient

  package init(jobs: JobClient) { self.jobs = jobs }

  var pool: PostgresPool { jobs.postgres }

  /// Returns the webhook with an id; `nil` if there is none.
  package func webhook(_ id: Int64) async throws -> Webhook? {
    try await pool.withConnection { try await Self.webhook(id, on: $0) }
  }

  /// Returns a page of webhooks and the total number.
  ///
  /// - Parameters:
  ///   - start: The number of webhooks to skip.
  ///   - limit: The maximum number of webhooks to return.
  ///   - condition: A condition on the table `webhooks`.
  ///   - order: A clause `ORDER BY …`.
  package func page(
    start: Int, limit: Int, where condition: SQL = "true", order: SQL = "ORDER BY webhooks.id"
  ) async throws -> (webhooks: [Webhook], total: Int) {
    try await pool.page(
      Webhook.columns, from: Webhook.source, where: condition, order: order, start: start,
      limit: limit
    ) { rows, connection in try await Webhook.read(rows, on: connection) }
  }

  /// Whether any webhook is told of anything.
  package static func isAnyInUse(on pool: PostgresPool) async throws -> Bool {
    try await pool.query("SELECT EXISTS (SELECT FROM webhooks WHERE is_published)")
      .first?.decode(at: 0) ?? false
  }

  /// Creates a webhook. It is told of what is committed from here on.
  ///
  /// - Throws: `InvalidInput`, `UnknownCategory`; `PostgresError`.
  package func create(
    _ input: WebhookInput, by author: Author, now: Date
  ) async throws -> Webhook {
    let values = try WebhookValues(input, before: nil, replacing: true)
    return try await jobs.transaction(at: now) { transaction in
      try await CategoryStore.require(
        values.category.map { [$0] } ?? [], on: transaction.connection)
      let rows = try await transaction.query(
        """
        WITH new AS (
          INSERT INTO webhooks (\(sql: WebhookValues.columns), date_added, created_by, created_by_user)
          VALUES (\(sql: values.sql), \(now), \(author.id)::bigint, \(author.name)::text)
          RETURNING id
        )
        INSERT INTO webhook_lanes (webhook_id) SELECT id FROM new RETURNING webhook_id
        """)
      let id: Int64 = try rows[0].decode(at: 0)
      try await audit("create", id, by: author, in: transaction)
      return try await found(id, in: transaction)
    }
  }

  /// Changes a webhook. Published again, it goes on with what waits.
  ///
  /// - Parameter replacing: Whether values that are not given are set to their defaults (`PUT`).
  /// - Returns: The changed webhook; `nil` if there is none.
  /// - Throws: `InvalidInput`, `UnknownCategory`; `PostgresError`.
  package func update(
    _ id: Int64, _ input: WebhookInput, replacing: Bool = false, by author: Author, now: Date
  ) async throws -> Webhook? {
    try await jobs.transaction(at: now) { transaction in
      guard let before = try await Self.locked(id, in: transaction) else { return nil }
      let after = try WebhookValues(input, before: before.values, replacing: replacing)
      guard after != before.values else { return before }
      try await CategoryStore.require(after.category.map { [$0] } ?? [], on: transaction.connection)
      let isBack = after.isPublished && !before.values.isPublished
      try await transaction.query(
        """
        UPDATE webhooks SET (\(sql: WebhookValues.columns)) = ROW(\(sql: after.sql)),
          disabled_reason = CASE WHEN \(isBack) THEN NULL ELSE disabled_reason END,
          date_modified = \(now), modified_by = \(author.id)::bigint,
          modified_by_user = \(author.name)::text
        WHERE id = \(id)
        """)
      if isBack || after.url != before.values.url { try await retry(id, in: transaction) }
      var details = AuditLog.differences(
        zip(before.values.members, after.members).map { ($0.name, $0.value, $1.value) })
      if after.secret != before.values.secret { details["secret"] = .string("changed") }
      try await audit("update", id, details: .object(details), by: author, in: transaction)
      return try await found(id, in: transaction)
    }
  }

  /// Deletes a webhook with its log and what waits for it.
  ///
  /// - Returns: The deleted webhook; `nil` if there was none.
  package func delete(_ id: Int64, by author: Author, now: Date) async throws -> Webhook? {
    try await jobs.transaction(at: now) { transaction in
      guard let webhook = try await Self.locked(id, by: "FOR UPDATE", in: transaction) else {
        return nil
      }
      try await transaction.pipeline([
        "DELETE FROM webhook_queue WHERE webhook_id = \(id)",
        "DELETE FROM webhooks WHERE id = \(id)",
      ])
      try await audit(
        "delete", id, details: .object(["name": .string(webhook.values.name)]), by: author,
        in: transaction)
      return webhook
    }
  }

  /// Keeps events back from here on, or sends again what was kept.
  ///
  /// - Returns: The changed webhook; `nil` if there is none.
  package func setPaused(
    _ isPaused: Bool, _ id: Int64, by author: Author, now: Date
  ) async throws -> Webhook? {
    try await jobs.transaction(at: now) { transaction in
      guard let before = try await Self.locked(id, in: transaction) else { return nil }
      guard before.isPaused != isPaused else { return before }
      try await transaction.query("UPDATE webhooks SET is_paused = \(isPaused) WHERE id = \(id)")
      if !isPaused { try await retry(id, in: transaction) }
      try await audit(isPaused ? "pause" : "resume", id, by: author, in: transaction)
      return try await found(id, in: transaction)
    }
  }

  /// Lets a lane begin at once, as if nothing had failed.
  private func retry(_ id: Int64, in transaction: Transaction) async throws {
    try await transaction.query(
      "UPDATE webhook_lanes SET retry_at = NULL, failures = 0 WHERE webhook_id = \(id)")
    transaction.announce(WebhooksDue.self)
  }

  static func webhook(_ id: Int64, on connection: PostgresConnection) async throws -> Webhook? {
    let rows = try await connection.query(
      "SELECT \(sql: Webhook.columns) FROM \(sql: Webhook.source) WHERE webhooks.id = \(id)")
    return try await Webhook.read(rows, on: connection).first
  }

  private static func locked(
    _ id: Int64, by lock: SQL = "FOR NO KEY UPDATE", in transaction: Transaction
  ) async throws -> Webhook? {
    await transaction.sendWithNext("SELECT FROM webhooks WHERE id = \(id) \(sql: lock)")
    return try await webhook(id, on: transaction.connection)
  }

  private func found(_ id: Int64, in transaction: Transaction) async throws -> Webhook {
    guard let webhook = try await Self.webhook(id, on: transaction.connection) else {
      throw InvalidInput("id", "there is no webhook \(id)")
    }
    return webhook
  }

  private func audit(
    _ action: String, _ id: Int64, details: JSONValue = .object([:]), by author: Author,
    in transaction: Transaction
  ) async throws {
    try await AuditLog.write(
      [.init(action, "webhook", id, details: details)], by: author, in: transaction)
  }
}
