package import Foundation
package import JobQueue
package import Postgres
package import Primitives
package import Users

extension TableStore {
  package func find(_ id: Int64) async throws -> Record? {
    try await transactions.postgres.withConnection { try await Self.find(id, on: $0) }
  }

  /// Returns the record with an id as a connection sees it; `nil` if there is none.
  package static func find(_ id: Int64, on connection: PostgresConnection) async throws -> Record? {
    let rows = try await connection.query(
      """
      SELECT \(sql: columns) FROM \(sql: source) WHERE \(identifier: table).id = \(id)
      """)
    return try await read(rows, on: connection).first
  }

  package func page(
    start: Int, limit: Int, where condition: SQL = "true",
    order: SQL = "ORDER BY \(identifier: Self.table).id"
  ) async throws -> (records: [Record], total: Int) {
    try await transactions.postgres.page(
      Self.columns, from: Self.source, where: "\(sql: Self.listed) AND (\(sql: condition))",
      order: order, start: start, limit: limit
    ) { rows, connection in try await Self.read(rows, on: connection) }
  }

  package func create(_ input: Input, by author: Author, now: Date) async throws -> Record {
    try await prepare(input, for: nil)
    return try await writing(at: now) { transaction in
      let values = try await values(input, before: nil, replacing: true, in: transaction)
      try await check(values, of: nil, in: transaction)
      let rows = try await transaction.query(
        """
        INSERT INTO \(identifier: Self.table) (\(sql: Values.columns), date_added, created_by,
          created_by_user)
        VALUES (\(sql: try values.sql), \(now), \(author.id)::bigint, \(author.name)::text)
        RETURNING id
        """)
      let id: Int64 = try rows[0].decode(at: 0)
      try await follow(id, from: nil, to: values, in: transaction)
      try await audit("create", id, by: author, in: transaction)
      return try await found(id, in: transaction)
    }
  }

  package func update(
    _ id: Int64, _ input: Input, replacing: Bool = false, by author: Author, now: Date
  ) async throws -> Record? {
    try await prepare(input, for: id)
    return try await writing(at: now) { transaction in
      try await lock(id, for: input, in: transaction)
      guard let record = try await Self.find(id, on: transaction.connection) else { return nil }
      let before = record.values
      let after = try await values(input, before: record, replacing: replacing, in: transaction)
      guard after != before else { return record }
      try await check(after, of: id, in: transaction)
      try await transaction.query(
        """
        UPDATE \(identifier: Self.table) SET (\(sql: Values.columns)) = ROW(\(sql: try after.sql)),
          \(sql: Self.counting) date_modified = \(now), modified_by = \(author.id)::bigint,
          modified_by_user = \(author.name)::text
        WHERE id = \(id)
        """)
      try await follow(id, from: before, to: after, in: transaction)
      try await audit("update", id, after.changes(from: before), by: author, in: transaction)
      return try await found(id, in: transaction)
    }
  }

  package func delete(_ id: Int64, by author: Author, now: Date) async throws -> Record? {
    try await transactions.transaction(at: now) { transaction in
      try await lock(id, for: nil, in: transaction)
      guard let record = try await Self.find(id, on: transaction.connection) else { return nil }
      try await remove(record, in: transaction)
      let name = record.values.members.prefix(1).map { ($0.name, $0.value) }
      try await audit(
        "delete", id, Dictionary(uniqueKeysWithValues: name), by: author, in: transaction)
      return record
    }
  }

  /// Returns a record that is there.
  package func found(_ id: Int64, in transaction: Transaction) async throws -> Record {
    guard let record = try await Self.find(id, on: transaction.connection) else {
      throw InvalidInput("id", "there is no \(Self.noun) \(id)")
    }
    return record
  }

  /// Writes a line of the audit log about a record.
  package func audit(
    _ action: String, _ id: Int64, _ details: [String: JSONValue] = [:], by author: Author,
    in transaction: Transaction
  ) async throws {
    try await AuditLog.write(
      [.init(action, Self.noun, id, details: .object(details))], by: author, in: transaction)
  }

  private static var columns: SQL {
    let own: [SQL] = [
      "\(identifier: table).id", Values.columns, RecordDates.columns(of: table),
    ]
    let more = [revision.map { "\(identifier: $0)" as SQL }, further].compactMap(\.self)
    return (own + more).joined(separator: ", ")
  }

  private static var counting: SQL {
    revision.map { "\(identifier: $0) = \(identifier: $0) + 1," } ?? ""
  }

  /// Runs a transaction, again where another record took a unique name at this moment.
  private func writing<R: Sendable>(
    at now: Date, _ write: (Transaction) async throws -> R
  ) async throws -> R {
    var attempt = 1
    while true {
      do {
        return try await transactions.transaction(at: now, write)
      } catch let error as PostgresError where error.sqlState == .uniqueViolation && attempt < 5 {
        attempt += 1
      }
    }
  }
}
