import Contacts
import Foundation
package import Postgres

extension Page {
  /// Decodes pages, with their families and categories in one further statement each.
  static func read(_ rows: PostgresRows, on connection: PostgresConnection) async throws -> [Page] {
    guard !rows.isEmpty else { return [] }
    let ids = try rows.map { try $0.decode("id", as: Int64.self) }
    let values = try rows.map { try PageValues($0) }
    let relatives = try await PageRelative.read(of: ids, values, on: connection)
    let filed = values.compactMap(\.category) + relatives.compactMap(\.category)
    let categories = try await CategoryStore.categories(Set(filed).sorted(), on: connection)
    return try zip(rows, zip(ids, values)).map { row, page in
      let (id, values) = page
      var family = PageFamily()
      for relative in relatives {
        let summary = relative.summary(categories)
        if relative.id == values.variantParent { family.variantParent = summary }
        if relative.id == values.translationParent { family.translationParent = summary }
        if relative.variantParent == id { family.variants.append(summary) }
        if relative.translationParent == id { family.translations.append(summary) }
      }
      return Page(
        id: id, values: values, category: values.category.flatMap { categories[$0] },
        revision: try row.decode("revision"), variantStart: try row.decode("variant_start_at"),
        counts: PageCounts(
          hits: try row.decode("hits"), devices: try row.decode("devices"),
          variantHits: try row.decode("variant_hits")),
        family: family, dates: try RecordDates(row))
    }
  }
}

/// A page beside others, as they show it.
private struct PageRelative {
  var id: Int64
  var title: String
  var alias: String
  var category: Int64?
  var variantParent: Int64?
  var translationParent: Int64?

  func summary(_ categories: [Int64: Category]) -> PageSummary {
    PageSummary(
      id: id, title: title, alias: alias, category: category.flatMap { categories[$0] })
  }

  /// Reads the parents and the children of pages, by id.
  static func read(
    of pages: [Int64], _ values: [PageValues], on connection: PostgresConnection
  ) async throws -> [PageRelative] {
    let parents = values.compactMap { $0.variantParent ?? $0.translationParent }
    return try await connection.query(
      """
      SELECT id, title, alias, category_id, variant_parent_id, translation_parent_id FROM pages
      WHERE id = ANY (\(parents)) OR variant_parent_id = ANY (\(pages))
        OR translation_parent_id = ANY (\(pages))
      ORDER BY id
      """
    ).map { row in
      PageRelative(
        id: try row.decode("id"), title: try row.decode("title"), alias: try row.decode("alias"),
        category: try row.decode("category_id"),
        variantParent: try row.decode("variant_parent_id"),
        translationParent: try row.decode("translation_parent_id"))
    }
  }
}

extension PageValues: RecordValues {
  package static let columns: SQL = """
    title, alias, category_id, language, publish_up, publish_down, meta_description, redirect_type,
    redirect_url, is_preference_center, is_hidden_from_search, variant_parent_id, variant_weight,
    winner_criteria, translation_parent_id, template, html, is_published
    """

  package init(_ row: PostgresRow) throws {
    title = try row.decode("title")
    alias = try row.decode("alias")
    category = try row.decode("category_id")
    language = try row.decode("language")
    publishUp = try row.decode("publish_up")
    publishDown = try row.decode("publish_down")
    metaDescription = try row.decode("meta_description")
    redirect = try row.decode("redirect_type", as: Int?.self).flatMap(PageRedirect.init)
    redirectURL = try row.decode("redirect_url")
    isPreferenceCenter = try row.decode("is_preference_center")
    isHiddenFromSearch = try row.decode("is_hidden_from_search")
    variantParent = try row.decode("variant_parent_id")
    variantWeight = try row.decode("variant_weight")
    winnerCriteria = try row.decode("winner_criteria")
    translationParent = try row.decode("translation_parent_id")
    template = try row.decode("template")
    html = try row.decode("html")
    isPublished = try row.decode("is_published")
  }

  /// The values of ``columns``.
  package var sql: SQL {
    """
    \(title), \(alias), \(category)::bigint, \(language), \(publishUp)::timestamptz,
    \(publishDown)::timestamptz, \(metaDescription)::text, \(redirect?.rawValue)::integer,
    \(redirectURL)::text, \(isPreferenceCenter), \(isHiddenFromSearch), \(variantParent)::bigint,
    \(variantWeight)::integer, \(winnerCriteria)::text, \(translationParent)::bigint,
    \(template)::text, \(html)::text, \(isPublished)
    """
  }
}
