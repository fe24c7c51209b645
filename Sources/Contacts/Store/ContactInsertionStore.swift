import Foundation
import Postgres
import Users

/// Inserts contacts that have values of the same columns.
enum ContactInsertionStore {
  /// A contact to be inserted.
  struct New {
    var id: Int64
    /// Whether it is identified (CON-03).
    var isKnown: Bool
    /// The instant at which it was active.
    var activeAt: Date?
    var values: [ColumnValue]
  }

  /// Returns the statement that inserts contacts.
  ///
  /// - Parameters:
  ///   - new: The contacts, at least one, with the same columns in the same order.
  ///   - author: The author.
  ///   - now: The instant of the creation.
  static func insertion(
    _ new: [New], by author: Author, now: Date
  ) -> SQL {
    let columns = new[0].values
    let names = columns.map { ", \(identifier: $0.name)" as SQL }.joined(separator: "")
    let values = columns.enumerated().map { index, column -> SQL in
      SQL(unsafeText: ", v\(index)::\(column.type)")
    }.joined(separator: "")
    let arrays = columns.indices.map { index -> SQL in
      ", \(new.map { $0.values[index].canonical })::text[]"
    }.joined(separator: "")
    let aliases = columns.indices.map { SQL(unsafeText: ", v\($0)") }.joined(separator: "")
    // The last activity is a field too, which a client may give.
    let isActive =
      new.contains { $0.activeAt != nil } && !columns.contains { $0.name == "last_active" }
    let activity: (name: SQL, value: SQL) = isActive ? (", last_active", ", active_at") : ("", "")
    return """
      INSERT INTO contacts (id, date_added, created_by, created_by_user, identity_shared,
        date_identified\(sql: activity.name)\(sql: names))
      SELECT id, \(now)::timestamptz, \(author.id)::bigint, \(author.name)::text, false,
        CASE WHEN is_known THEN \(now)::timestamptz END\(sql: activity.value)\(sql: values)
      FROM unnest(\(new.map(\.id))::bigint[], \(new.map(\.isKnown))::boolean[],
        \(new.map(\.activeAt))::timestamptz[]\(sql: arrays))
        AS new (id, is_known, active_at\(sql: aliases))
      """
  }
}
