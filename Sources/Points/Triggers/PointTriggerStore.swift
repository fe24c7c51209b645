import Contacts
package import Foundation
package import JobQueue
package import Postgres
import Primitives
package import Users

/// Reads and writes point triggers (api.md 8.10).
package struct PointTriggerStore: RecordStore {
  let jobs: JobClient

  /// Creates a store.
  ///
  /// - Parameter jobs: The job client, with its database, which also enqueues applying a trigger to existing
  ///   contacts.
  package init(jobs: JobClient) { self.jobs = jobs }

  /// Returns the trigger with an id, or `nil`.
  package func find(_ id: Int64) async throws -> PointTrigger? {
    try await jobs.postgres.withConnection { try await Self.trigger(id, on: $0) }
  }

  package func page(
    start: Int, limit: Int, where condition: SQL = "true", order: SQL = "ORDER BY id"
  ) async throws -> (records: [PointTrigger], total: Int) {
    try await jobs.postgres.page(
      Self.columns, from: "point_triggers", where: condition, order: order, start: start,
      limit: limit, Self.triggers)
  }

  /// Returns the names of the triggers whose events name a campaign, in order.
  ///
  /// - Parameter removing: Whether only triggers count that remove contacts from it.
  package func names(changing campaign: Int64, removing: Bool = false) async throws -> [String] {
    try await jobs.postgres.query(
      """
      SELECT name FROM point_triggers t WHERE EXISTS (
        SELECT FROM point_trigger_events e
        WHERE e.trigger_id = t.id AND e.type = \(PointTriggerEventType.changeCampaigns.rawValue)
          -- One value stands for a list of one, and numbers may be texts.
          AND (e.properties -> 'removeFrom' @> to_jsonb(\(campaign)::bigint)
            OR e.properties -> 'removeFrom' @> to_jsonb(\(campaign)::text)
            OR NOT \(removing) AND e.properties -> 'addTo' @> to_jsonb(\(campaign)::bigint)
            OR NOT \(removing) AND e.properties -> 'addTo' @> to_jsonb(\(campaign)::text)))
      ORDER BY lower(name), id
      """
    ).map { try $0.decode(at: 0) }
  }

  /// Creates a trigger.
  ///
  /// - Throws: `InvalidInput`, `UnknownCategory`; `PostgresError`.
  package func create(
    _ input: PointTriggerInput, by author: Author, now: Date
  ) async throws -> PointTrigger {
    try await jobs.transaction(at: now) { transaction in
      let values = try await Values(
        input, before: nil, replacing: false, on: transaction.connection)
      let events = try EventChanges(input.events ?? [], before: [], replacing: true)
      let rows = try await transaction.query(
        """
        INSERT INTO point_triggers (\(sql: Values.columns), date_added, created_by, created_by_user)
        VALUES (\(sql: values.sql), \(now), \(author.id)::bigint, \(author.name)::text)
        RETURNING id
        """)
      let id: Int64 = try rows[0].decode(at: 0)
      try await events.write(to: id, on: transaction.connection)
      try await AuditLog.write(
        [.init("create", "trigger", id, bundle: "point")], by: author, in: transaction)
      return try await finish(id, in: transaction)
    }
  }

  /// Changes a trigger. Each save of one that is in use and fires for existing contacts applies it to them
  /// (PTS-23).
  ///
  /// - Parameter replacing: Whether values that are not given, events included, are set to their defaults
  ///   (`PUT`).
  /// - Returns: The changed trigger; `nil` if there is none.
  /// - Throws: `InvalidInput`, `UnknownCategory`; `PostgresError`.
  package func update(
    _ id: Int64, _ input: PointTriggerInput, replacing: Bool = false, by author: Author, now: Date
  ) async throws -> PointTrigger? {
    try await jobs.transaction(at: now) { transaction in
      guard
        let trigger = try await Self.trigger(
          id, locking: "FOR NO KEY UPDATE", on: transaction.connection)
      else { return nil }
      let before = Values(trigger)
      let after = try await Values(
        input, before: before, replacing: replacing, on: transaction.connection)
      let events = try EventChanges(
        input.events ?? [], before: trigger.events, replacing: replacing)
      if after != before || !events.isEmpty {
        try await transaction.query(
          """
          UPDATE point_triggers SET (\(sql: Values.columns)) = ROW(\(sql: after.sql)),
            date_modified = \(now), modified_by = \(author.id)::bigint,
            modified_by_user = \(author.name)::text
          WHERE id = \(id)
          """)
        try await events.write(to: id, on: transaction.connection)
        try await audit(id, before, after, trigger.events, by: author, in: transaction)
      }
      return try await finish(id, in: transaction)
    }
  }

  /// Deletes events of a trigger. Their effects remain; what was due is not done.
  ///
  /// - Returns: The changed trigger; `nil` if there is none.
  /// - Throws: `PostgresError`.
  package func deleteEvents(
    _ events: [Int64], of id: Int64, by author: Author, now: Date
  ) async throws -> PointTrigger? {
    try await jobs.transaction(at: now) { transaction in
      guard
        let trigger = try await Self.trigger(
          id, locking: "FOR NO KEY UPDATE", on: transaction.connection)
      else { return nil }
      let gone = trigger.events.filter { events.contains($0.id) }
      guard !gone.isEmpty else { return trigger }
      try await transaction.pipeline([
        "DELETE FROM point_trigger_events WHERE id = ANY (\(gone.map(\.id)))",
        """
        UPDATE point_triggers SET date_modified = \(now), modified_by = \(author.id)::bigint,
          modified_by_user = \(author.name)::text
        WHERE id = \(id)
        """,
      ])
      let values = Values(trigger)
      try await audit(id, values, values, trigger.events, by: author, in: transaction)
      return try await Self.trigger(id, on: transaction.connection)
    }
  }

  /// Deletes a trigger with its events. Their effects remain.
  ///
  /// - Returns: The deleted trigger; `nil` if there was none.
  /// - Throws: `PostgresError`.
  package func delete(_ id: Int64, by author: Author, now: Date) async throws -> PointTrigger? {
    try await jobs.transaction(at: now) { transaction in
      guard
        let trigger = try await Self.trigger(id, locking: "FOR UPDATE", on: transaction.connection)
      else {
        return nil
      }
      try await transaction.pipeline([
        "DELETE FROM point_triggers WHERE id = \(id)",
        "DELETE FROM point_colors WHERE trigger_id = \(id)",
      ])
      let name = JSONValue.object(["name": .string(trigger.rule.name)])
      try await AuditLog.write(
        [.init("delete", "trigger", id, bundle: "point", details: name)], by: author,
        in: transaction)
      return trigger
    }
  }

  /// Applies a saved trigger to the colours of contacts and to the contacts who have its points.
  private func finish(_ id: Int64, in transaction: Transaction) async throws -> PointTrigger {
    // Contacts are coloured by their points, never by the score in a group.
    let colors = try await transaction.pipeline([
      "DELETE FROM point_colors WHERE trigger_id = \(id)",
      """
      INSERT INTO point_colors (trigger_id, points, color)
      SELECT id, points, color FROM point_triggers
      WHERE id = \(id) AND is_published AND group_id IS NULL AND color IS NOT NULL
      """,
      "SELECT coalesce(max(id), 0) FROM contacts",
    ])
    guard let trigger = try await Self.trigger(id, on: transaction.connection) else {
      throw InvalidInput("id", "there is no point trigger \(id)")
    }
    let isOver = trigger.rule.publishDown.map { $0 <= transaction.now } ?? false
    if trigger.firesExisting, trigger.rule.isPublished, !isOver, !trigger.events.isEmpty {
      let last: Int64 = try colors[2].first?.decode(at: 0) ?? 0
      let opens = trigger.rule.publishUp.flatMap { $0 > transaction.now ? $0 : nil }
      try transaction.outbox.add(
        ApplyPointTrigger(trigger: id, after: 0, last: last, opens: opens),
        EnqueueOptions(
          runAt: opens,
          object: JobSubject(type: "trigger", id: id)))
    }
    return trigger
  }

  private func audit(
    _ id: Int64, _ before: Values, _ after: Values, _ events: [PointTriggerEvent],
    by author: Author, in transaction: Transaction
  ) async throws {
    let new = try await Self.events([id], on: transaction.connection)
    let changes = JSONValue.object(
      AuditLog.differences(
        from: before.members + [("events", .array(events.map(\.member)))],
        to: after.members + [("events", .array(new.map(\.member)))]))
    try await AuditLog.write(
      [.init("update", "trigger", id, bundle: "point", details: changes)], by: author,
      in: transaction)
  }
}

// MARK: Reading

extension PointTriggerStore {
  private static let columns: SQL =
    "id, \(sql: Values.columns), \(sql: RecordDates.columns(of: "point_triggers"))"

  private static func trigger(
    _ id: Int64, locking lock: SQL = "", on connection: PostgresConnection
  ) async throws -> PointTrigger? {
    let rows = try await connection.query(
      "SELECT \(sql: columns) FROM point_triggers WHERE id = \(id) \(sql: lock)")
    return try await triggers(rows, on: connection).first
  }

  private static func triggers(
    _ rows: PostgresRows, on connection: PostgresConnection
  ) async throws -> [PointTrigger] {
    guard !rows.isEmpty else { return [] }
    let rules = try rows.map(Rule.init)
    let names = try await RuleNames.load(rules, on: connection)
    let ids = try rows.map { try $0.decode("id", as: Int64.self) }
    let events = Dictionary(
      grouping: try await events(ids, on: connection), by: \.trigger)
    return try zip(rows, rules).map { row, rule in
      let id: Int64 = try row.decode("id")
      return PointTrigger(
        id: id, rule: rule, points: try row.decode("points"), color: try row.decode("color"),
        firesExisting: try row.decode("fires_existing"), events: events[id] ?? [],
        category: names.category(of: rule), group: names.group(of: rule),
        dates: try RecordDates(row))
    }
  }

  private static func events(
    _ triggers: [Int64], on connection: PostgresConnection
  ) async throws -> [PointTriggerEvent] {
    try await connection.query(
      """
      SELECT \(sql: PointTriggerEvent.columns) FROM point_trigger_events
      WHERE trigger_id = ANY (\(triggers)) ORDER BY trigger_id, id
      """
    ).map(PointTriggerEvent.init)
  }
}

extension PointTriggerEvent {
  /// The event's members in the audit log.
  fileprivate var member: JSONValue {
    .object([
      "id": .integer(id), "name": .string(name), "type": .string(type),
      "order": .integer(Int64(position)), "properties": properties,
    ])
  }
}
