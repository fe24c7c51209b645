import Contacts
package import JobQueue
package import Postgres

/// Reads and writes focus items (api.md 10). What visitors did with a deleted one stays in the statistics.
package struct FocusStore: TableStore {
  package typealias Record = FocusItem

  /// What visitors do with items.
  package enum Act: String, Sendable {
    case view, click, submission
  }

  package let transactions: TransactionRunner

  package init(transactions: TransactionRunner) { self.transactions = transactions }

  package static let table = "focus_items"
  package static let noun = "focus"

  package static func read(
    _ rows: PostgresRows, on connection: PostgresConnection
  ) async throws -> [FocusItem] {
    try await read(rows, on: connection) { row, values, category in
      FocusItem(
        id: try row.decode("id"), values: values, category: category, dates: try RecordDates(row))
    }
  }

  package func check(
    _ values: FocusValues, of id: Int64?, in transaction: Transaction
  ) async throws {
    try await requireCategory(of: values, in: transaction)
    guard let form = values.form else { return }
    let rows = try await transaction.query("SELECT FROM forms WHERE id = \(form)")
    if rows.isEmpty { throw InvalidInput("form", "there is no form \(form)") }
  }

  /// Records what a visitor did with an item; of one that is gone nothing is recorded.
  ///
  /// - Parameter contact: The contact, if the visitor is known.
  package func record(_ act: Act, _ id: Int64, by contact: Int64?) async throws {
    try await transactions.transaction { transaction in
      let connection = transaction.connection
      var known: Int64?
      if let contact {
        let current = try await ContactMerger.current(of: contact, on: connection)
        known = try await ContactLock.lock(current.map { [$0] } ?? [], on: connection).first
      }
      try await transaction.query(
        """
        INSERT INTO focus_stats (focus_id, contact_id, kind, date_added)
        SELECT id, \(known)::bigint, \(act.rawValue), \(transaction.now) FROM focus_items
        WHERE id = \(id)
        """)
    }
  }
}
