import Contacts
package import JobQueue
package import Postgres

/// Reads and writes dynamic contents (api.md 9). Variants of a deleted one become contents of their own, and what was shown
/// stays in the histories of contacts.
package struct DynamicContentStore: TableStore {
  package typealias Record = DynamicContent

  package let transactions: TransactionRunner
  let filters: SlotFilters

  /// Creates a store.
  ///
  /// - Parameters:
  ///   - jobs: Runs the transactions.
  ///   - filters: Checks the filters.
  package init(jobs: JobClient, filters: SlotFilters) {
    transactions = jobs.transactions
    self.filters = filters
  }

  package static let table = "dynamic_contents"
  package static let noun = "dynamicContent"
  package static let further: SQL? = """
    coalesce(n.sent, 0) AS sent,
    ARRAY(SELECT v.id FROM dynamic_contents v WHERE v.variant_parent_id = dynamic_contents.id
      ORDER BY v.id) AS variants
    """
  package static let source: SQL = """
    dynamic_contents LEFT JOIN LATERAL (
      SELECT sum(c.sent)::bigint AS sent FROM dynamic_content_counts c
      WHERE c.content_id = dynamic_contents.id
    ) AS n ON true
    """

  package static func read(
    _ rows: PostgresRows, on connection: PostgresConnection
  ) async throws -> [DynamicContent] {
    try await read(rows, on: connection) { row, values, category in
      DynamicContent(
        id: try row.decode("id"), values: values, category: category,
        variants: try row.decode("variants"), sent: try row.decode("sent"),
        dates: try RecordDates(row))
    }
  }

  /// Checks the filters. Those that stay as they are are not checked again: one whose field has gone can be sent back.
  package func prepare(_ input: DynamicContentInput, for id: Int64?) async throws {
    guard let given = input.filters else { return }
    if let id {
      guard let known = try await find(id), given != known.values.filters else { return }
    } else {
      _ = try DynamicContentValues(input, before: nil, replacing: true)
    }
    try await filters.check(given, on: transactions.postgres)
  }

  /// Checks category and parent: a variant has one that is no variant itself.
  package func check(
    _ values: DynamicContentValues, of id: Int64?, in transaction: Transaction
  ) async throws {
    try await requireCategory(of: values, in: transaction)
    guard let parent = values.variantParent else { return }
    let rows = try await transaction.query(
      "SELECT variant_parent_id FROM dynamic_contents WHERE id = \(parent) FOR KEY SHARE")
    guard let row = rows.first else {
      throw InvalidInput("variantParent", "there is no dynamic content \(parent)")
    }
    let isVariant = try row.decode("variant_parent_id", as: Int64?.self) != nil
    var hasVariants = false
    if let id {
      hasVariants = try await !transaction.query(
        "SELECT FROM dynamic_contents WHERE variant_parent_id = \(id) LIMIT 1"
      ).isEmpty
    }
    if parent == id || isVariant || hasVariants {
      throw InvalidInput(
        "variantParent", "\(parent) cannot be its parent: variants have no variants themselves")
    }
  }
}
