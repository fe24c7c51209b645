import Foundation
package import Postgres
import Primitives

/// Histories of contacts in the database (CON-100…107).
///
/// No event is stored for the history itself: each kind is read from the table that records it, so
/// that the effects of a request appear in the history at once.
package struct TimelineStore: Sendable {
  let pool: PostgresPool
  let sources: [TimelineSource]

  /// Creates a store.
  ///
  /// - Parameters:
  ///   - pool: The database.
  ///   - sources: The sources of this module and of others, one for each kind.
  package init(pool: PostgresPool, sources: [TimelineSource] = TimelineSource.contacts) {
    self.pool = pool
    self.sources = sources
  }

  /// Returns events of one contact or of all.
  ///
  /// A source returns only its first events in the requested order, and labels and details are
  /// computed for the page alone; only a search or an order by label reads all events. For all
  /// contacts, recent events are searched first if the query has an end, at most ``countedOfAll``
  /// events of a kind are counted, and the query is limited to ``timeout``.
  ///
  /// - Parameters:
  ///   - contact: The contact; `nil` for all contacts.
  ///   - query: The selection and order of events.
  ///   - start: The number of records to skip.
  ///   - limit: The maximum number of records to return.
  /// - Returns: The events and the total number.
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
          SQL(unsafeText: "SET LOCAL statement_timeout = '\(Self.timeout)s'"))
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

  /// The maximum number of events of a kind that are counted for all contacts.
  package static let countedOfAll = 10_000
  /// The timeout of a query for the events of all contacts, in seconds.
  static let timeout = 10

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
  /// Returns the database's plan for reading a page, as text.
  package func explain(of contact: Int64?, _ query: TimelineQuery = TimelineQuery()) async throws
    -> String
  {
    let wanted = sources.filter { query.wants($0.type) }
    let statements = TimelineStatements(contact: contact, query: query, sources: wanted).steps[0]
    let plan = try await pool.query("EXPLAIN \(sql: statements.events(start: 0, limit: 25))")
    return try plan.map { try $0.decode(at: 0, as: String.self) }.joined(separator: "\n")
  }
}
