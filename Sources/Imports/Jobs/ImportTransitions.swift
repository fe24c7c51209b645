import Foundation
import JobQueue
import Postgres

/// The changes of state that jobs make. Each is one or two statements inside a transaction that
/// holds the import's row.
struct ImportTransitions: Sendable {
  let settings: ImportSettings
  let now: Date

  /// How many imports of an object are in progress. The lock makes two plans that ask at the same
  /// moment ask one after the other.
  func inProgress(
    _ object: ImportObject, except id: Int64, on connection: PostgresConnection
  ) async throws -> Int {
    try await connection.query("SELECT pg_advisory_xact_lock(hashtext('martlet.imports.start'))")
    let rows = try await connection.query(
      """
      SELECT count(*) AS n FROM imports
      WHERE object = \(object.rawValue) AND status = 2 AND id <> \(id)
      """)
    return try rows.first?.decode("n") ?? 0
  }

  /// Lets the import wait until another ends (IMP-24).
  func delay(_ item: Import, _ reason: String, on connection: PostgresConnection) async throws {
    try await connection.query(
      """
      UPDATE imports SET status = 7, status_info = \(reason), date_progress = \(now)
      WHERE id = \(item.id)
      """)
  }

  /// Begins: from now on its instants, its ids and the zone of its dates are fixed.
  func begin(
    _ item: Import, job: JobID, on connection: PostgresConnection
  ) async throws -> Import {
    var item = item
    if item.baseID == nil, item.object == .contact {
      let rows = try await connection.query(
        "SELECT reserve_contact_ids(\(item.lineCount)) AS first")
      item.baseID = try rows.first?.decode("first")
    }
    item.dateStarted = item.dateStarted ?? now
    item.timeZone = item.timeZone ?? settings.timeZone.identifier
    item.status = .inProgress
    try await connection.query(
      """
      UPDATE imports SET status = 2, status_info = NULL, error = NULL, base_id = \(item.baseID),
        date_started = \(item.dateStarted), date_ended = NULL, date_progress = \(now),
        job_id = \(job.description)::text::uuid, time_zone = \(item.timeZone)
      WHERE id = \(item.id)
      """)
    return item
  }

  /// All rows were handled.
  func imported(
    _ item: Import, on connection: PostgresConnection, _ outbox: JobOutbox
  ) async throws {
    try await connection.query(
      """
      UPDATE imports SET status = 3, status_info = NULL, date_ended = \(now),
        date_progress = \(now), job_id = NULL
      WHERE id = \(item.id)
      """)
    try await PartStore.deleteFile(item.id, on: connection)
    try await startNext(item.object, on: connection, outbox)
  }

  /// It cannot go on; what was imported stays.
  func failed(
    _ item: Import, _ error: ImportError, on connection: PostgresConnection, _ outbox: JobOutbox
  ) async throws {
    try await connection.query(
      """
      UPDATE imports SET status = 4, status_info = \(error.message), error = \(try JSON(error)),
        date_ended = \(now), date_progress = \(now), job_id = NULL
      WHERE id = \(item.id)
      """)
    try await PartStore.deleteFile(item.id, on: connection)
    try await startNext(item.object, on: connection, outbox)
  }

  /// Wakes as many delayed imports as there is room for: the lowest priority number first, among
  /// equals the oldest (IMP-25). Their plan counts again.
  func startNext(
    _ object: ImportObject, on connection: PostgresConnection, _ outbox: JobOutbox
  ) async throws {
    let rows = try await connection.query(
      """
      SELECT \(sql: ImportStore.columns) FROM imports
      WHERE object = \(object.rawValue) AND status = 7 AND is_published
      ORDER BY priority, id
      LIMIT greatest(0, \(settings.parallelLimit)::bigint - (
        SELECT count(*) FROM imports WHERE object = \(object.rawValue) AND status = 2))
      """)
    for row in rows { try Self.enqueue(try ImportStore.decode(row), outbox) }
  }

  /// Puts the plan of an import into the queue; once, however often it is asked for.
  static func enqueue(_ item: Import, _ outbox: JobOutbox) throws {
    var options = EnqueueOptions.of(item)
    options.uniqueKey = "\(item.id).\(item.runNumber)"
    try outbox.add(RunImport(importID: item.id, run: item.runNumber), options)
  }
}
