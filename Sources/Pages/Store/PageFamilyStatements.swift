import Contacts
import Foundation
import JobQueue
import Postgres

/// What pages are to one another: checked and changed while the rows are locked.
enum PageFamilyStatements {
  /// Locks a page, its parents and those that it is to get, in the order of ids.
  static func lock(
    _ id: Int64?, with parents: [Int64], on connection: PostgresConnection
  ) async throws {
    try await connection.query(
      """
      SELECT FROM pages WHERE id = ANY (\(parents)) OR id = \(id)::bigint
        OR id IN (SELECT coalesce(p.variant_parent_id, p.translation_parent_id) FROM pages p
          WHERE p.id = \(id)::bigint)
      ORDER BY id FOR NO KEY UPDATE
      """)
  }

  /// Checks the parents of a page: there are variants of pages and of translations, and translations of pages; nothing
  /// else hangs together, so that nobody is its own parent.
  ///
  /// - Throws: `InvalidInput`.
  static func check(
    _ values: PageValues, of id: Int64?, on connection: PostgresConnection
  ) async throws {
    let wanted = [
      ("variantParent", values.variantParent), ("translationParent", values.translationParent),
    ]
    for (member, parent) in wanted {
      guard let parent else { continue }
      let rows = try await connection.query(
        "SELECT variant_parent_id, translation_parent_id FROM pages WHERE id = \(parent)")
      guard let row = rows.first, parent != id else {
        throw InvalidInput(member, "there is no such page \(parent)")
      }
      if try row.decode("variant_parent_id", as: Int64?.self) != nil {
        throw InvalidInput(member, "page \(parent) is a variant itself")
      }
      if member == "translationParent",
        try row.decode("translation_parent_id", as: Int64?.self) != nil
      {
        throw InvalidInput(member, "page \(parent) is a translation itself")
      }
    }
    if let id { try await checkChildren(values, of: id, on: connection) }
    if let parent = values.variantParent, let weight = values.variantWeight {
      let others: Int =
        try await connection.query(
          """
          SELECT coalesce(sum(variant_weight), 0)::bigint FROM pages
          WHERE variant_parent_id = \(parent) AND id IS DISTINCT FROM \(id)::bigint
          """
        ).first?.decode(at: 0) ?? 0
      if others + weight > 100 {
        throw InvalidInput(
          "variantSettings", "the weights of all variants add up to \(others + weight)")
      }
    }
  }

  private static func checkChildren(
    _ values: PageValues, of id: Int64, on connection: PostgresConnection
  ) async throws {
    guard values.variantParent != nil || values.translationParent != nil else { return }
    let rows = try await connection.query(
      """
      SELECT EXISTS (SELECT FROM pages WHERE variant_parent_id = \(id)) AS variants,
        EXISTS (SELECT FROM pages WHERE translation_parent_id = \(id)) AS translations
      """)
    let hasVariants = try rows[0].decode("variants", as: Bool.self)
    if values.variantParent != nil, hasVariants {
      throw InvalidInput("variantParent", "the page has variants itself")
    }
    guard try rows[0].decode("translations", as: Bool.self) else { return }
    throw InvalidInput(
      values.variantParent != nil ? "variantParent" : "translationParent",
      "the page has translations itself")
  }

  /// Begins and ends the tests in which pages take part: one begins with the first variant, when counting begins anew,
  /// and ends with the last.
  static func settleTests(of pages: [Int64], in transaction: Transaction) async throws {
    guard !pages.isEmpty else { return }
    let begun = try await transaction.query(
      """
      WITH judged AS (
        SELECT p.id, p.variant_parent_id IS NOT NULL
          OR EXISTS (SELECT FROM pages v WHERE v.variant_parent_id = p.id) AS is_tested
        FROM pages p WHERE p.id = ANY (\(pages))
      )
      UPDATE pages p SET variant_start_at = CASE WHEN j.is_tested THEN \(transaction.now)::timestamptz END
      FROM judged j
      WHERE p.id = j.id AND j.is_tested IS DISTINCT FROM (p.variant_start_at IS NOT NULL)
      RETURNING p.id, j.is_tested
      """
    ).compactMap { row -> Int64? in
      try row.decode("is_tested", as: Bool.self) ? row.decode("id") : nil
    }
    guard !begun.isEmpty else { return }
    try await transaction.query(
      "UPDATE page_counts SET variant_hits = 0 WHERE page_id = ANY (\(begun.sorted()))")
  }

  /// Makes the variants and translations of a page stand for themselves.
  static func release(childrenOf id: Int64, in transaction: Transaction) async throws {
    try await transaction.query(
      """
      UPDATE pages SET variant_parent_id = NULL, variant_weight = NULL, variant_start_at = NULL
      WHERE variant_parent_id = \(id)
      """)
    try await transaction.query(
      "UPDATE pages SET translation_parent_id = NULL WHERE translation_parent_id = \(id)")
  }

  /// Returns an alias that no other page has: with a number behind it, where it is taken.
  static func unused(
    _ alias: String, except id: Int64?, on connection: PostgresConnection
  ) async throws -> String {
    let rows = try await connection.query(
      """
      SELECT alias FROM pages WHERE starts_with(alias, \(alias)) AND id IS DISTINCT FROM \(id)::bigint
      """)
    let taken = PageLimits.reserved.union(try rows.map { try $0.decode(at: 0) })
    guard taken.contains(alias) else { return alias }
    var number = 1
    while taken.contains("\(alias)\(number)") { number += 1 }
    return "\(alias)\(number)"
  }
}
