public import Foundation
public import Postgres
public import Users

/// A named set of contacts.
public struct Segment: Sendable, Identifiable, Equatable {
  /// The segment's number.
  public var id: Int64
  /// The name.
  public var name: String
  /// The name that contacts see.
  public var publicName: String
  /// The name in searches, unique.
  public var alias: String
  /// What it is for.
  public var description: String?
  /// Whether it is in use.
  public var isPublished: Bool
  /// Whether all users see it.
  public var isGlobal: Bool
}

/// Segments in the database. Their members are changed by ``SegmentMembership``.
public struct SegmentStore: Sendable {
  private let pool: PostgresPool

  /// A store.
  public init(pool: PostgresPool) { self.pool = pool }

  /// Creates a segment. Its alias is derived from the name and made unique with a counter.
  public func create(_ name: String, by author: Author, now: Date) async throws -> Segment {
    let alias = FieldAlias.derived(from: name).replacing("_", with: "-")
    let rows = try await pool.transaction { connection in
      try await connection.query(
        "SELECT pg_advisory_xact_lock(hashtextextended('martlet.segments', 0))")
      return try await connection.query(
        """
        INSERT INTO segments
          (name, public_name, alias, date_added, created_by, created_by_user)
        SELECT \(name), \(name), candidate, \(now), \(author.id), \(author.name)
        FROM (
          SELECT \(alias)::text || CASE n WHEN 0 THEN '' ELSE n::text END AS candidate, n
          FROM generate_series(0, (SELECT count(*) FROM segments)) AS n
        ) AS candidates
        WHERE NOT EXISTS (SELECT FROM segments s WHERE s.alias = candidate)
        ORDER BY n LIMIT 1
        RETURNING \(sql: Self.columns)
        """)
    }
    return try Self.segment(rows[0])
  }

  /// The segment with a number.
  public func segment(_ id: Int64) async throws -> Segment? {
    try await pool.query("SELECT \(sql: Self.columns) FROM segments WHERE id = \(id)")
      .first.map(Self.segment)
  }

  /// The segment with an alias.
  public func segment(alias: String) async throws -> Segment? {
    try await pool.query("SELECT \(sql: Self.columns) FROM segments WHERE alias = \(alias)")
      .first.map(Self.segment)
  }

  /// All segments by name.
  public func list() async throws -> [Segment] {
    try await pool.query("SELECT \(sql: Self.columns) FROM segments ORDER BY lower(name), id")
      .map(Self.segment)
  }

  /// How many contacts are members.
  public func count(_ id: Int64) async throws -> Int {
    try await pool.query(
      """
      SELECT count(*) FROM segment_members WHERE segment_id = \(id) AND NOT manually_removed
      """
    ).first?.decode(at: 0) ?? 0
  }

  private static let columns: SQL =
    "id, name, public_name, alias, description, is_published, is_global"

  private static func segment(_ row: PostgresRow) throws -> Segment {
    Segment(
      id: try row.decode("id"), name: try row.decode("name"),
      publicName: try row.decode("public_name"), alias: try row.decode("alias"),
      description: try row.decode("description"), isPublished: try row.decode("is_published"),
      isGlobal: try row.decode("is_global"))
  }
}
