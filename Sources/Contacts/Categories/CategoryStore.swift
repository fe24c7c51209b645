public import Postgres

/// Categories in the database (api.md 9).
public struct CategoryStore: Sendable {
  let pool: PostgresPool

  /// A store.
  public init(pool: PostgresPool) { self.pool = pool }

  /// The category with a number, or `nil`.
  public func category(_ id: Int64) async throws -> Category? {
    try await pool.query("SELECT \(sql: Self.columns) FROM categories WHERE id = \(id)")
      .first.map(Self.category)
  }

  /// A page of categories, and how many there are in all.
  ///
  /// - Parameters:
  ///   - start: How many to leave out from the beginning.
  ///   - limit: How many to return at most.
  ///   - condition: A condition on the columns of `categories`.
  ///   - order: What stands after `ORDER BY`.
  public func page(
    start: Int, limit: Int, where condition: SQL = "true", order: SQL = "id"
  ) async throws -> (categories: [Category], total: Int) {
    try await pool.transaction(isolation: .repeatableRead) { connection in
      let count = try await connection.query(
        "SELECT count(*) FROM categories WHERE \(sql: condition)")
      let rows = try await connection.query(
        """
        SELECT \(sql: Self.columns) FROM categories WHERE \(sql: condition)
        ORDER BY \(sql: order) LIMIT \(limit) OFFSET \(start)
        """)
      return (try rows.map(Self.category), try count.first?.decode(at: 0) ?? 0)
    }
  }

  /// Makes sure that categories exist, and keeps them from being deleted until the transaction ends.
  ///
  /// - Throws: ``UnknownCategory`` for the first that does not.
  public static func require(
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

  static let columns: SQL = """
    id, title, alias, description, color, bundle, is_published, date_added, date_modified,
    created_by, created_by_user, modified_by, modified_by_user
    """

  static func category(_ row: PostgresRow) throws -> Category {
    Category(
      id: try row.decode("id"), title: try row.decode("title"), alias: try row.decode("alias"),
      description: try row.decode("description"), color: try row.decode("color"),
      bundle: try row.decode("bundle"), isPublished: try row.decode("is_published"),
      dateAdded: try row.decode("date_added"), dateModified: try row.decode("date_modified"),
      createdBy: try row.decode("created_by"), createdByUser: try row.decode("created_by_user"),
      modifiedBy: try row.decode("modified_by"),
      modifiedByUser: try row.decode("modified_by_user"))
  }
}
