package import Contacts
import Fields
package import Postgres
import Query

/// A request that references another user's private segment (segments.md 11).
package struct PrivateSegment: Error, Sendable, Equatable, CustomStringConvertible {
  /// The member of the request that references it.
  package let member: String
  /// The segment as the request gives it: id or alias.
  package let segment: String

  /// The member and the segment.
  package var description: String { "\(member): the segment \(segment) is another user's" }
}

/// The segments that a user may reference in searches, selections and actions (segments.md 11): public
/// ones and their own. Unknown segments are left to other checks.
package struct SegmentAccess: Sendable {
  private let user: Int64?
  private let isAdministrator: Bool

  /// Creates the access of a user; an administrator may reference every segment.
  package init(user: Int64?, isAdministrator: Bool) {
    self.user = user
    self.isAdministrator = isAdministrator
  }

  /// Checks the references of a selection.
  ///
  /// - Throws: ``PrivateSegment``; ``QueryError`` for a search that cannot be read; `PostgresError`.
  package func check(_ selection: ContactSelection, on pool: PostgresPool) async throws {
    try await check(search: selection.search, on: pool)
    if let segment = selection.segment { try await check([segment], "segment", on: pool) }
  }

  /// Checks `segment:` and `common:` in a search for contacts, negated ones too: knowing who is not in a
  /// segment reveals as much.
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

  /// Checks segments that a member of a request references by id.
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

  /// Checks a bulk action's selection, and the segments that it adds to and removes from.
  ///
  /// - Throws: ``PrivateSegment``; ``InvalidInput`` and ``QueryError`` for an unreadable request;
  ///   `PostgresError`.
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
  /// The aliases of segments that a search for contacts references.
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
