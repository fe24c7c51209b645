import Foundation
package import Postgres
import Primitives

/// Histories of contacts in the database (CON-100…107).
///
/// No event is stored for the history's sake: each kind is read from the table that tells of it, so what
/// a request did is in the history of the next.
package struct TimelineStore: Sendable {
  let pool: PostgresPool
  let sources: [TimelineSource]

  /// A store.
  ///
  /// - Parameters:
  ///   - pool: The database.
  ///   - sources: Those of this module and of others, one for each kind.
  package init(pool: PostgresPool, sources: [TimelineSource] = TimelineSource.contacts) {
    self.pool = pool
    self.sources = sources
  }

  /// Events of one contact or of all.
  ///
  /// A source gives no more than its first events in the order asked for, and labels and details are
  /// made for the page alone; only a search or an order by label reads them all. Of all contacts the newest
  /// events are looked for first where the query has an end, no more than ``countedOfAll`` events of a kind are
  /// counted, and the database looks no longer than ``patience``.
  ///
  /// - Parameters:
  ///   - contact: The contact; `nil` for all contacts.
  ///   - query: Which.
  ///   - start: The number of records to skip.
  ///   - limit: The most records to return.
  /// - Returns: The events, and how many there are in all.
  /// - Throws: `PostgresError`.
  package func page(
    of contact: Int64?, _ query: TimelineQuery = TimelineQuery(), start: Int = 0, limit: Int = 25
  ) async throws -> TimelinePage {
    let wanted = sources.filter { query.wants($0.type) }
    guard !wanted.isEmpty else { return TimelinePage(events: [], total: 0) }
    let (start, limit) = (max(0, start), max(0, limit))
    let statements = TimelineStatements(contact: contact, query: query, sources: wanted)
    return try await pool.transaction(isolation: .repeatableRead, readOnly: true, retries: 0) {
      connection in
      if contact == nil {
        await connection.sendWithNext(
          SQL(unsafeText: "SET LOCAL statement_timeout = '\(Self.patience)s'"))
      }
      let counted = try await connection.query(statements.count)
      var rows: PostgresRows?
      for step in statements.steps {
        let found = try await connection.query(step.events(start: start, limit: limit))
        rows = found
        if found.count >= limit { break }
      }
      return TimelinePage(
        events: try rows?.map(Self.event) ?? [], total: try counted.first?.decode(at: 0) ?? 0)
    }
  }

  /// So many events of a kind are counted at most where all contacts are meant.
  package static let countedOfAll = 10_000
  /// The seconds after which a look at the events of all contacts is given up.
  static let patience = 10

  private static func event(_ row: PostgresRow) throws -> TimelineEvent {
    let details: JSON = try row.decode("details")
    let key: [Int64] = try row.decode("key")
    let type = TimelineEventType(rawValue: try row.decode("type"))
    return TimelineEvent(
      type: type, id: type.rawValue + key.map(String.init).joined(separator: "-"),
      timestamp: try row.decode("at"), contactID: try row.decode("contact"),
      label: try row.decode("label"), details: try details.decode([String: JSONValue].self))
  }
}

extension TimelineStore {
  /// The database's plan for reading a page, as text.
  package func explain(of contact: Int64?, _ query: TimelineQuery = TimelineQuery()) async throws
    -> String
  {
    let wanted = sources.filter { query.wants($0.type) }
    let statements = TimelineStatements(contact: contact, query: query, sources: wanted).steps[0]
    let plan = try await pool.query("EXPLAIN \(sql: statements.events(start: 0, limit: 25))")
    return try plan.map { try $0.decode(at: 0, as: String.self) }.joined(separator: "\n")
  }
}
