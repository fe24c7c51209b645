import CSV
import Postgres

/// Stores a file in parts in PostgreSQL: the only type that reads and writes the bytes of uploads,
/// so that another store could replace it.
struct PartStore: Sendable {
  let pool: PostgresPool

  enum State: Int, Sendable {
    case pending = 0
    case done = 1
    case failed = 2
  }

  /// The description of a part without its bytes.
  struct Summary: Sendable {
    let number: Int
    let firstRow: Int
    let firstLine: Int
    let rows: Int
  }

  func add(_ part: CSVPart, to importID: Int64) async throws {
    try await pool.query(
      """
      INSERT INTO import_parts (import_id, number, bytes, first_row, first_line, rows)
      VALUES (\(importID), \(part.index), \(part.bytes), \(part.firstRow), \(part.firstLine),
        \(part.recordCount))
      """)
  }

  /// Returns a part with its bytes.
  ///
  /// - Throws: ``ImportError`` `fileNotFound` if it is missing (IMP-67).
  func read(_ number: Int, of importID: Int64) async throws -> CSVPart {
    let rows = try await pool.query(
      """
      SELECT bytes, first_row, first_line, rows FROM import_parts
      WHERE import_id = \(importID) AND number = \(number)
      """)
    guard let row = rows.first, let bytes = try row.decode("bytes", as: [UInt8]?.self) else {
      throw ImportError(.fileNotFound, "file not found")
    }
    return CSVPart(
      bytes: bytes, index: number, firstRow: try row.decode("first_row"),
      firstLine: try row.decode("first_line"), recordCount: try row.decode("rows"))
  }

  /// Returns the numbers of the pending parts, in order.
  static func pending(_ importID: Int64, on connection: PostgresConnection) async throws -> [Int] {
    try await connection.query(
      """
      SELECT number FROM import_parts WHERE import_id = \(importID)
        AND state = \(literal: PartStore.State.pending) ORDER BY number
      """
    ).map { try $0.decode("number") }
  }

  /// Stores the hashes of the keys of a part between the passes of the plan.
  func setKeys(_ keys: [UInt64], of number: Int, _ importID: Int64) async throws {
    try await pool.query(
      """
      UPDATE import_parts SET keys = \(Self.bytes(keys))
      WHERE import_id = \(importID) AND number = \(number) AND state = \(literal: PartStore.State.pending)
      """)
  }

  func keys(of number: Int, _ importID: Int64) async throws -> [UInt64] {
    let rows = try await pool.query(
      "SELECT keys FROM import_parts WHERE import_id = \(importID) AND number = \(number)")
    return Self.words(try rows.first?.decode("keys", as: [UInt8]?.self) ?? [])
  }

  /// Stores the sorted hashes of the keys that each part shares with others, by part number.
  ///
  /// Has no effect once the import is planned. The keys stay until the part is done: another plan
  /// of the same import, started after a stop or by a worker believed dead, may need them.
  func setContested(_ keys: [[UInt64]], _ importID: Int64) async throws {
    var number = 0
    while number < keys.count {
      // A few MiB per statement, whatever the size of the file; an array of `bytea` would only be
      // longer.
      var all: [UInt64] = []
      let first = number
      var lengths: [Int] = []
      while number < keys.count, all.count < 500_000 {
        all += keys[number]
        lengths.append(keys[number].count * 8)
        number += 1
      }
      try await pool.query(
        """
        UPDATE import_parts p SET contested = c.keys
        FROM (
          SELECT \(first) + place - 1 AS number,
            nullif(substring(\(Self.bytes(all)) FROM (ends - length + 1)::integer FOR length), '')
              AS keys
          FROM (
            SELECT place, length::integer, sum(length) OVER (ORDER BY place) AS ends
            FROM unnest(\(lengths)) WITH ORDINALITY AS l (length, place)
          ) AS places
        ) AS c
        WHERE p.import_id = \(importID) AND p.number = c.number
          AND p.state = \(literal: PartStore.State.pending)
          AND p.contested IS DISTINCT FROM c.keys
          AND EXISTS (SELECT FROM imports WHERE id = \(importID) AND mode IS NULL)
        """)
    }
  }

  func contested(of number: Int, _ importID: Int64) async throws -> [UInt64] {
    let rows = try await pool.query(
      "SELECT contested FROM import_parts WHERE import_id = \(importID) AND number = \(number)")
    return Self.words(try rows.first?.decode("contested", as: [UInt8]?.self) ?? [])
  }

  /// Deletes everything stored of the file (IMP-72).
  static func deleteFile(_ importID: Int64, on connection: PostgresConnection) async throws {
    try await connection.pipeline([
      "UPDATE import_parts SET bytes = NULL, keys = NULL, contested = NULL WHERE import_id = \(importID)",
      "DELETE FROM import_contested WHERE import_id = \(importID)",
    ])
  }

  static func bytes(_ words: [UInt64]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(words.count * 8)
    for word in words { withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) } }
    return bytes
  }

  static func words(_ bytes: [UInt8]) -> [UInt64] {
    bytes.withUnsafeBytes { raw in
      (0..<(raw.count / 8)).map {
        UInt64(littleEndian: raw.loadUnaligned(fromByteOffset: $0 * 8, as: UInt64.self))
      }
    }
  }
}
