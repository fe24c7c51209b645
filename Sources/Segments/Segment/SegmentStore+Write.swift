import Foundation
import JobQueue
import Postgres

extension SegmentStore {
  /// Inserts a segment. The members of a static one are complete at once; it needs no rebuild.
  static func insert(
    _ values: SegmentValues, by actor: SegmentActor, in transaction: Transaction
  ) async throws -> Int64 {
    let rows = try await transaction.query(
      """
      INSERT INTO segments (name, public_name, alias, description, category_id, is_published,
        is_global, is_preference_center, filters, last_built_at, built_version, date_added, created_by,
        created_by_user)
      VALUES (\(values.name), \(values.publicName), \(values.alias), \(values.description),
        \(values.category), \(values.isPublished), \(values.isGlobal),
        \(values.isPreferenceCenter), \(try JSON(values.filters)), \(transaction.now),
        \(values.filters == .array([]) ? 1 : 0)::bigint, \(transaction.now), \(actor.id),
        \(actor.name))
      RETURNING id
      """)
    return try rows[0].decode("id")
  }

  /// Updates a segment. Rebuilds of older filters then write nothing more.
  static func update(
    _ id: Int64, _ values: SegmentValues, by actor: SegmentActor, in transaction: Transaction
  ) async throws {
    let filters = try JSON(values.filters)
    try await transaction.query(
      """
      UPDATE segments SET name = \(values.name), public_name = \(values.publicName),
        alias = \(values.alias), description = \(values.description),
        category_id = \(values.category), is_published = \(values.isPublished),
        is_global = \(values.isGlobal), is_preference_center = \(values.isPreferenceCenter),
        filters_version = filters_version + CASE WHEN filters = \(filters) THEN 0 ELSE 1 END,
        filters = \(filters), filters_edited = \(values.filtersEdited), date_modified = \(transaction.now),
        modified_by = \(actor.id), modified_by_user = \(actor.name)
      WHERE id = \(id)
      """)
  }
}
