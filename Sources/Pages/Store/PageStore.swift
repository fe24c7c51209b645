import Contacts
package import JobQueue
package import Postgres

/// Reads and writes landing pages (api.md 9). Variants and translations of a deleted one stand for themselves; visits stay
/// in the histories of contacts.
package struct PageStore: TableStore {
  package typealias Record = Page

  package let transactions: TransactionRunner

  package init(transactions: TransactionRunner) { self.transactions = transactions }

  package static let table = "pages"
  package static let noun = "page"
  package static let revision: String? = "revision"
  package static let further: SQL? = """
    variant_start_at, coalesce(n.hits, 0) AS hits, coalesce(n.devices, 0) AS devices,
    coalesce(n.variant_hits, 0) AS variant_hits
    """
  package static let source: SQL = """
    pages LEFT JOIN LATERAL (
      SELECT coalesce(sum(c.hits), 0)::bigint AS hits, coalesce(sum(c.devices), 0)::bigint AS devices,
        coalesce(sum(c.variant_hits), 0)::bigint AS variant_hits
      FROM page_counts c WHERE c.page_id = pages.id
    ) AS n ON true
    """
  /// Variants and translations are not listed: their parents show them.
  package static let listed: SQL =
    "pages.variant_parent_id IS NULL AND pages.translation_parent_id IS NULL"

  package static func read(
    _ rows: PostgresRows, on connection: PostgresConnection
  ) async throws -> [Page] {
    try await Page.read(rows, on: connection)
  }

  /// Returns the last parts of the addresses of pages, by id, which hold when the alias is changed; unknown ids are left
  /// out.
  ///
  /// - Throws: `PostgresError`.
  package static func slugs(
    of ids: [Int64], on connection: PostgresConnection
  ) async throws -> [Int64: String] {
    let rows = try await connection.query("SELECT id, alias FROM pages WHERE id = ANY (\(ids))")
    var slugs: [Int64: String] = [:]
    for row in rows {
      let id: Int64 = try row.decode(at: 0)
      slugs[id] = "\(id):\(try row.decode(at: 1, as: String.self))"
    }
    return slugs
  }

  package func lock(_ id: Int64, for input: PageInput?, in transaction: Transaction) async throws {
    let parents = [input?.variantParent, input?.translationParent].compactMap { $0 ?? nil }
    try await PageFamilyStatements.lock(id, with: parents, on: transaction.connection)
  }

  /// Applies an input, with an alias that no other page has, and locks the parents of a new page.
  package func values(
    _ input: PageInput, before: Page?, replacing: Bool, in transaction: Transaction
  ) async throws -> PageValues {
    let connection = transaction.connection
    var values = try PageValues(input, before: before?.values, replacing: replacing)
    if before == nil, !values.parents.isEmpty {
      try await PageFamilyStatements.lock(nil, with: values.parents, on: connection)
    }
    values.alias = try await PageFamilyStatements.unused(
      values.alias, except: before?.id, on: connection)
    return values
  }

  package func check(
    _ values: PageValues, of id: Int64?, in transaction: Transaction
  ) async throws {
    try await requireCategory(of: values, in: transaction)
    try await PageFamilyStatements.check(values, of: id, on: transaction.connection)
  }

  package func follow(
    _ id: Int64, from before: PageValues?, to after: PageValues, in transaction: Transaction
  ) async throws {
    try await PageFamilyStatements.settleTests(
      of: [id] + [before?.variantParent, after.variantParent].compactMap(\.self), in: transaction)
  }

  package func remove(_ page: Page, in transaction: Transaction) async throws {
    try await PageFamilyStatements.release(childrenOf: page.id, in: transaction)
    try await transaction.pipeline([
      "DELETE FROM page_counts WHERE page_id = \(page.id)",
      "DELETE FROM page_devices WHERE page_id = \(page.id)",
      "DELETE FROM pages WHERE id = \(page.id)",
    ])
    try await PageFamilyStatements.settleTests(
      of: [page.values.variantParent].compactMap(\.self), in: transaction)
  }
}

extension PageValues {
  /// The pages whose variant or translation it is.
  fileprivate var parents: [Int64] { [variantParent, translationParent].compactMap(\.self) }
}
