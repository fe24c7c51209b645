import Postgres

extension PartStore {
  /// Marks a part as done.
  ///
  /// - Returns: Whether it was pending.
  static func complete(
    _ number: Int, of importID: Int64, on connection: PostgresConnection
  ) async throws -> Bool {
    try await connection.query(
      """
      UPDATE import_parts SET state = \(literal: PartStore.State.done), contested = NULL, keys = NULL
      WHERE import_id = \(importID) AND number = \(number)
        AND state = \(literal: PartStore.State.pending)
      """
    ).affected == 1
  }

  /// Records why a part could not be imported.
  static func fail(
    _ number: Int, of importID: Int64, _ reason: String, on connection: PostgresConnection
  ) async throws {
    try await connection.query(
      """
      UPDATE import_parts SET state = \(literal: PartStore.State.failed), error = \(reason)
      WHERE import_id = \(importID) AND number = \(number)
        AND state = \(literal: PartStore.State.pending)
      """)
  }

  /// Returns the first part that failed, with the reason.
  static func firstFailed(
    of importID: Int64, on connection: PostgresConnection
  ) async throws -> (number: Int, error: String?)? {
    try await connection.query(
      """
      SELECT number, error FROM import_parts WHERE import_id = \(importID)
        AND state = \(literal: PartStore.State.failed)
      ORDER BY number LIMIT 1
      """
    ).first.map { (try $0.decode("number"), try $0.decode("error")) }
  }

  /// Returns the position of a part in the file.
  static func position(
    of number: Int, in importID: Int64, on connection: PostgresConnection
  ) async throws -> (firstRow: Int, firstLine: Int, rows: Int)? {
    try await connection.query(
      """
      SELECT first_row, first_line, rows FROM import_parts
      WHERE import_id = \(importID) AND number = \(number)
      """
    ).first.map {
      (try $0.decode("first_row"), try $0.decode("first_line"), try $0.decode("rows"))
    }
  }

  // MARK: Contested rows

  /// Returns the buckets that contain contested rows.
  static func buckets(
    of importID: Int64, on connection: PostgresConnection
  ) async throws -> [Int] {
    try await connection.query(
      """
      SELECT DISTINCT bucket FROM import_contested WHERE import_id = \(importID) ORDER BY bucket
      """
    ).map { try $0.decode("bucket") }
  }

  /// Returns the first contested rows of a bucket, in file order.
  func contestedRows(
    of importID: Int64, bucket: Int, limit: Int
  ) async throws -> [(row: Int, line: Int, record: [UInt8])] {
    try await pool.query(
      """
      SELECT row_number, line, record FROM import_contested
      WHERE import_id = \(importID) AND bucket = \(bucket)
      ORDER BY row_number LIMIT \(limit)
      """
    ).map {
      (try $0.decode("row_number"), try $0.decode("line"), try $0.decode("record"))
    }
  }

  /// Deletes the contested rows of a bucket up to a row.
  ///
  /// - Returns: The number of rows deleted.
  static func deleteContested(
    of importID: Int64, bucket: Int, through row: Int, on connection: PostgresConnection
  ) async throws -> Int {
    try await connection.query(
      """
      DELETE FROM import_contested
      WHERE import_id = \(importID) AND bucket = \(bucket) AND row_number <= \(row)
      """
    ).affected
  }

  /// The target of COPY for failed rows.
  static let copyFailures: SQL =
    "COPY import_failures (import_id, row_number, line, error, record) FROM STDIN"
  /// The target of COPY for warnings.
  static let copyWarnings: SQL =
    "COPY import_warnings (import_id, row_number, line, text) FROM STDIN"
  /// The target of COPY for contested rows.
  static let copyContested: SQL =
    "COPY import_contested (import_id, bucket, row_number, line, record) FROM STDIN"
}
