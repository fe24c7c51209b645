import Foundation
import Postgres
import Users

/// Inserts contacts that have values of the same columns.
enum ContactInsertionStore {
  /// Returns the statement that inserts contacts.
  ///
  /// - Parameters:
  ///   - new: The id of each, whether it is identified (CON-03), and its values: the same columns in the same order; at least one.
  ///   - author: The author.
  ///   - now: The instant of the creation.
  static func insertion(
    _ new: [(id: Int64, isKnown: Bool, values: [ColumnValue])], by author: Author, now: Date
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
    return """
      INSERT INTO contacts (id, date_added, created_by, created_by_user, identity_shared,
        date_identified\(sql: names))
      SELECT id, \(now)::timestamptz, \(author.id)::bigint, \(author.name)::text, false,
        CASE WHEN is_known THEN \(now)::timestamptz END\(sql: values)
      FROM unnest(\(new.map(\.id))::bigint[], \(new.map(\.isKnown))::boolean[]\(sql: arrays))
        AS new (id, is_known\(sql: aliases))
      """
  }
}
