import Foundation
import Postgres

/// Reads what is looked at before a page is shown.
enum PageOutlineStore {
  private static let columns: SQL = """
    p.id, p.alias, p.title, p.language, p.meta_description, p.is_published, p.publish_up,
    p.publish_down, p.redirect_type, p.redirect_url, p.is_preference_center,
    p.is_hidden_from_search, p.variant_parent_id, p.variant_weight, p.translation_parent_id,
    p.revision, (SELECT k.alias FROM categories k WHERE k.id = p.category_id) AS category
    """

  /// Returns the page of an address with those that visitors choose among: translations, and the variants of all; empty
  /// if there is no such page. A variant stands for itself.
  static func family(
    of address: PageAddress, in pool: PostgresPool
  ) async throws -> [PageOutline] {
    let condition: SQL =
      switch address.name {
      case .alias(let alias): "alias = \(alias)"
      case .id(let id): "id = \(id)"
      }
    return try await pool.query(
      """
      WITH asked AS (
        SELECT id, CASE WHEN variant_parent_id IS NULL THEN coalesce(translation_parent_id, id) END
          AS root
        FROM pages WHERE \(sql: condition)
      ), spoken AS (
        SELECT root AS id FROM asked WHERE root IS NOT NULL
        UNION SELECT t.id FROM asked a JOIN pages t ON t.translation_parent_id = a.root
      )
      SELECT \(sql: columns) FROM pages p WHERE p.id IN (
        SELECT id FROM asked UNION SELECT id FROM spoken
        UNION SELECT v.id FROM spoken s JOIN pages v ON v.variant_parent_id = s.id
      ) ORDER BY p.id LIMIT \(PageLimits.family)
      """
    ).map(outline)
  }

  /// Returns pages by id.
  static func pages(_ ids: [Int64], in pool: PostgresPool) async throws -> [Int64: PageOutline] {
    guard !ids.isEmpty else { return [:] }
    let found = try await pool.query(
      "SELECT \(sql: columns) FROM pages p WHERE p.id = ANY (\(ids))"
    ).map(outline)
    return Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// Returns the content of a page, with the revision that it has; nil if there is no such page.
  static func content(
    of id: Int64, in pool: PostgresPool
  ) async throws -> (html: String, revision: Int)? {
    let rows = try await pool.query("SELECT html, revision FROM pages WHERE id = \(id)")
    return try rows.first.map { row in
      (try row.decode("html", as: String?.self) ?? "", try row.decode("revision"))
    }
  }

  private static func outline(_ row: PostgresRow) throws -> PageOutline {
    var page = PageOutline(id: try row.decode("id"), alias: try row.decode("alias"))
    page.title = try row.decode("title")
    page.language = try row.decode("language")
    page.category = try row.decode("category")
    page.metaDescription = try row.decode("meta_description")
    page.isPublished = try row.decode("is_published")
    page.publishUp = try row.decode("publish_up")
    page.publishDown = try row.decode("publish_down")
    page.redirect = try row.decode("redirect_type", as: Int?.self).flatMap(PageRedirect.init)
    page.redirectURL = try row.decode("redirect_url")
    page.isPreferenceCenter = try row.decode("is_preference_center")
    page.isHiddenFromSearch = try row.decode("is_hidden_from_search")
    page.variantParent = try row.decode("variant_parent_id")
    page.weight = try row.decode("variant_weight")
    page.translationParent = try row.decode("translation_parent_id")
    page.revision = try row.decode("revision")
    return page
  }
}
