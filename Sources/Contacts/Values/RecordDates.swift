package import Foundation
package import Postgres

/// The times and authors of a record's creation and last change (api.md 4, publish block).
package struct RecordDates: Sendable, Equatable {
  /// The time of creation.
  package var added: Date
  /// The time of the last change; `nil` before the first change.
  package var modified: Date?
  /// The user who created it; `nil` for the system.
  package var createdBy: Int64?
  /// The name of that user at the time.
  package var createdByUser: String?
  /// The user who last changed it.
  package var modifiedBy: Int64?
  /// The name of that user at the time.
  package var modifiedByUser: String?

  /// Decodes the columns that every such table has, by name.
  package init(_ row: PostgresRow) throws {
    added = try row.decode("date_added")
    modified = try row.decode("date_modified")
    createdBy = try row.decode("created_by")
    createdByUser = try row.decode("created_by_user")
    modifiedBy = try row.decode("modified_by")
    modifiedByUser = try row.decode("modified_by_user")
  }

  /// Returns the columns of a table, by its alias in a query.
  package static func columns(of table: String) -> SQL {
    [
      "date_added", "date_modified", "created_by", "created_by_user", "modified_by",
      "modified_by_user",
    ].map { "\(identifier: table).\(identifier: $0)" as SQL }.joined(separator: ", ")
  }
}
