package import JobQueue
package import Postgres

/// A record store over one table of its module, whose rows have an id, the columns of values, a category and the times and
/// authors of ``RecordDates``.
///
/// A conforming type names the table and decodes its rows; finding, listing, locking, writing, the check of the category
/// and the audit log are here. What is particular to a kind of record goes into the functions with a default. See "A new
/// kind of record" in docs/architecture.md. `scripts/doors` takes the conforming type for the writer of its table.
package protocol TableStore: RecordStore where Record: TableRecord, Input == Record.Values.Input {
  typealias Values = Record.Values

  var transactions: TransactionRunner { get }

  /// The table. It is named by one literal, so that `scripts/doors` sees it.
  static var table: String { get }
  /// The kind of record in the audit log.
  static var noun: String { get }
  /// The column that counts the changes, if there is one; it is read with the others.
  static var revision: String? { get }
  /// Columns to read beside id, values, revision and dates, such as counts; nil for none.
  static var further: SQL? { get }
  /// The table, and what ``further`` needs, as they stand after `FROM`.
  static var source: SQL { get }
  /// The condition of the rows that lists show at all; of every row by default.
  static var listed: SQL { get }

  /// Decodes rows, with what belongs to them in a few further statements.
  static func read(
    _ rows: PostgresRows, on connection: PostgresConnection
  ) async throws -> [Record]

  /// Checks an input before the transaction, where that needs connections of its own. Nothing by default.
  ///
  /// - Parameter id: The record; nil for a new one.
  func prepare(_ input: Input, for id: Int64?) async throws

  /// Locks a record, and by the order of ids those whose change hangs together with it. By default its row alone.
  ///
  /// - Parameter input: The input that is to be applied; nil to delete the record.
  func lock(_ id: Int64, for input: Input?, in transaction: Transaction) async throws

  /// Applies an input, together with what other rows decide of the values. By default the values alone.
  func values(
    _ input: Input, before: Record?, replacing: Bool, in transaction: Transaction
  ) async throws -> Values

  /// Checks changed values against other rows, and keeps those from being deleted. By default the category.
  ///
  /// - Parameter id: The record; nil for a new one.
  func check(_ values: Values, of id: Int64?, in transaction: Transaction) async throws

  /// Writes what follows from values that were written. Nothing by default.
  ///
  /// - Parameter before: The values so far; nil for a new record.
  func follow(
    _ id: Int64, from before: Values?, to after: Values, in transaction: Transaction
  ) async throws

  /// Deletes the row, and what does not go with it by itself. By default the row alone.
  func remove(_ record: Record, in transaction: Transaction) async throws
}

extension TableStore {
  package static var revision: String? { nil }
  package static var further: SQL? { nil }
  package static var source: SQL { "\(identifier: table)" }
  package static var listed: SQL { "true" }

  package func prepare(_ input: Input, for id: Int64?) async throws {}

  package func lock(_ id: Int64, for input: Input?, in transaction: Transaction) async throws {
    let strength: SQL = input == nil ? "FOR UPDATE" : "FOR NO KEY UPDATE"
    await transaction.sendWithNext(
      "SELECT FROM \(identifier: Self.table) WHERE id = \(id) \(sql: strength)")
  }

  package func values(
    _ input: Input, before: Record?, replacing: Bool, in transaction: Transaction
  ) async throws -> Values {
    try Values(input, before: before?.values, replacing: replacing)
  }

  package func check(_ values: Values, of id: Int64?, in transaction: Transaction) async throws {
    try await requireCategory(of: values, in: transaction)
  }

  /// Checks that the category exists, and keeps it from being deleted until the transaction ends.
  ///
  /// - Throws: ``UnknownCategory``.
  package func requireCategory(of values: Values, in transaction: Transaction) async throws {
    guard let category = values.category else { return }
    try await CategoryStore.require([category], on: transaction.connection)
  }

  package func follow(
    _ id: Int64, from before: Values?, to after: Values, in transaction: Transaction
  ) async throws {}

  package func remove(_ record: Record, in transaction: Transaction) async throws {
    try await transaction.query("DELETE FROM \(identifier: Self.table) WHERE id = \(record.id)")
  }

  /// Decodes rows whose records have nothing of other rows but their categories, read in one statement.
  package static func read(
    _ rows: PostgresRows, on connection: PostgresConnection,
    _ make: (PostgresRow, Values, Category?) throws -> Record
  ) async throws -> [Record] {
    let values = try rows.map { try Values($0) }
    let categories = try await CategoryStore.categories(
      Set(values.compactMap(\.category)).sorted(), on: connection)
    return try zip(rows, values).map { row, values in
      try make(row, values, values.category.flatMap { categories[$0] })
    }
  }
}
