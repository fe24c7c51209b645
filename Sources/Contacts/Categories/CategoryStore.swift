package import JobQueue
package import Postgres
package import Query

/// Categories in the database (api.md 9).
package struct CategoryStore: RecordStore {
  let transactions: TransactionRunner
  var pool: PostgresPool { transactions.postgres }
  /// The tables whose rows may be in a category, by their column `category_id`.
  let tables: [String]

  /// Creates a store.
  ///
  /// - Parameters:
  ///   - transactions: Runs the transactions.
  ///   - tables: The tables of other modules whose column `category_id` is cleared when a category
  ///     is deleted, in the order in which rows are locked.
  package init(transactions: TransactionRunner, tables: [String] = []) {
    self.transactions = transactions
    self.tables = tables + ["stages"]
  }

  /// Returns the category with an id; `nil` if it does not exist.
  package func find(_ id: Int64) async throws -> Category? {
    try await pool.withConnection { try await Self.category(id, on: $0) }
  }

  package func page(
    start: Int, limit: Int, where condition: SQL = "true", order: SQL = "ORDER BY id"
  ) async throws -> (records: [Category], total: Int) {
    try await pool.page(
      Self.columns, from: "categories", where: condition, order: order, start: start, limit: limit
    ) { rows, _ in try rows.map { try Self.category($0) } }
  }

  /// Checks that categories exist, and prevents their deletion until the transaction ends.
  ///
  /// - Throws: ``UnknownCategory`` for the first missing one.
  package static func require(
    _ categories: [Int64], on connection: PostgresConnection
  ) async throws {
    guard !categories.isEmpty else { return }
    let rows = try await connection.query(
      "SELECT id FROM categories WHERE id = ANY (\(categories)) ORDER BY id FOR KEY SHARE")
    let known = Set(try rows.map { try $0.decode(at: 0, as: Int64.self) })
    if let unknown = categories.first(where: { !known.contains($0) }) {
      throw UnknownCategory(unknown)
    }
  }

  /// Returns the categories with these ids, by id.
  package static func categories(
    _ ids: [Int64], on connection: PostgresConnection
  ) async throws -> [Int64: Category] {
    guard !ids.isEmpty else { return [:] }
    let found = try await connection.query(
      "SELECT \(sql: columns) FROM categories WHERE id = ANY (\(ids))"
    ).map { try category($0) }
    return Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  static func category(
    _ id: Int64, locking lock: SQL = "", on connection: PostgresConnection
  ) async throws -> Category? {
    try await connection.query(
      "SELECT \(sql: columns) FROM categories WHERE id = \(id) \(sql: lock)"
    ).first.map { try category($0) }
  }

  static let columns: SQL = """
    id, title, alias, description, color, bundle, is_published,
    \(sql: RecordDates.columns(of: "categories"))
    """

  static func category(_ row: PostgresRow) throws -> Category {
    Category(
      id: try row.decode("id"), title: try row.decode("title"), alias: try row.decode("alias"),
      description: try row.decode("description"), color: try row.decode("color"),
      bundle: try row.decode("bundle"), isPublished: try row.decode("is_published"),
      dates: try RecordDates(row))
  }
}

extension ListQuery {
  /// The list of categories: its conditions refer to the table `categories` by that name.
  package static let categories = ListQuery(
    columns: [
      QueryColumn("id", .integer, of: "categories"), QueryColumn("title", .text, of: "categories"),
      QueryColumn("alias", .text, of: "categories"),
      QueryColumn("description", .text, of: "categories"),
      QueryColumn("color", .text, of: "categories"), QueryColumn("bundle", .text, of: "categories"),
    ] + published("categories"),
    mainColumns: ["title", "description"], columnCommands: .beginning)
}
