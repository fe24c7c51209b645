package import Contacts
import Fields
package import Postgres
import Query

/// Somebody named a segment that is another user's own (segments.md 11).
package struct PrivateSegment: Error, Sendable, Equatable, CustomStringConvertible {
  /// The member of the request that names it.
  package let member: String
  /// The segment as the request names it: by number or alias.
  package let segment: String

  /// Which and where.
  package var description: String { "\(member): the segment \(segment) is another user's" }
}

/// Which segments somebody may name in searches, selections and actions (segments.md 11): those that are for
/// all, and their own. Names that no segment has are for others to judge.
package struct SegmentAccess: Sendable {
  private let user: Int64?
  private let isAdministrator: Bool

  /// The access of a user; an administrator may name every segment.
  package init(user: Int64?, isAdministrator: Bool) {
    self.user = user
    self.isAdministrator = isAdministrator
  }

  /// Looks at what a selection names.
  ///
  /// - Throws: ``PrivateSegment``; ``QueryError`` for a search that cannot be read; `PostgresError`.
  package func check(_ selection: ContactSelection, on pool: PostgresPool) async throws {
    try await check(search: selection.search, on: pool)
    if let segment = selection.segment { try await check([segment], "segment", on: pool) }
  }

  /// Looks at `segment:` and `common:` in a search for contacts, negated ones too: who is not in a segment
  /// tells as much.
  ///
  /// - Throws: ``PrivateSegment``; ``QueryError`` for a search that cannot be read; `PostgresError`.
  package func check(search: String?, on pool: PostgresPool) async throws {
    guard !isAdministrator, let search, let term = try SearchTerm.parse(search) else { return }
    let aliases = term.segments
    guard !aliases.isEmpty else { return }
    let found = try await pool.query(
      """
      SELECT given.alias FROM unnest(\(aliases), \(aliases.map { IdentityKey.of($0) }))
        AS given (alias, key)
      JOIN segments AS s ON lower(s.alias COLLATE "C") = given.key
      WHERE \(sql: isClosed) ORDER BY given.alias LIMIT 1
      """)
    guard let alias: String = try found.first?.decode(at: 0) else { return }
    throw PrivateSegment(member: "search", segment: alias)
  }

  /// Looks at segments that a member of a request names by their numbers.
  ///
  /// - Throws: ``PrivateSegment``; `PostgresError`.
  package func check(_ ids: [Int64], _ member: String, on pool: PostgresPool) async throws {
    guard !isAdministrator, !ids.isEmpty else { return }
    let found = try await pool.query(
      """
      SELECT s.id FROM segments AS s WHERE s.id = ANY (\(ids)) AND \(sql: isClosed)
      ORDER BY s.id LIMIT 1
      """)
    guard let id: Int64 = try found.first?.decode(at: 0) else { return }
    throw PrivateSegment(member: member, segment: "\(id)")
  }

  /// Looks at what a bulk action selects, and at the segments that it adds to and removes from.
  ///
  /// - Throws: ``PrivateSegment``; ``InvalidInput`` and ``QueryError`` for what cannot be read; the
  ///   database's error.
  package func check(_ request: BulkRequest, on pool: PostgresPool) async throws {
    try await check(request.selection, on: pool)
    guard request.action == SegmentsBulkAction().name else { return }
    for (value, member) in [(request.add, "add"), (request.remove, "remove")] {
      try await check(try request.numbers(value, member), member, on: pool)
    }
  }

  private var isClosed: SQL { "NOT s.is_global AND s.created_by IS DISTINCT FROM \(user)::bigint" }
}

extension SearchTerm {
  /// The aliases of segments that a search for contacts names.
  fileprivate var segments: [String] {
    switch self {
    case .all(let terms), .any(let terms): terms.flatMap(\.segments)
    case .not(let term): term.segments
    case .command("segment", let text): [text.value]
    case .command("common", let text): SegmentSearch.common(text.value)
    case .command, .text: []
    }
  }
}
