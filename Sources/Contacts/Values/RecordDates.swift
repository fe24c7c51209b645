package import Foundation
package import Postgres

/// When a record was made and changed, and by whom (api.md 4, publish block).
package struct RecordDates: Sendable, Equatable {
  /// When it was created.
  package var added: Date
  /// When it was changed last; `nil` before the first change.
  package var modified: Date?
  /// The user who created it; `nil` for the system.
  package var createdBy: Int64?
  /// The name that user had.
  package var createdByUser: String?
  /// The user who changed it last.
  package var modifiedBy: Int64?
  /// The name that user had.
  package var modifiedByUser: String?

  /// Reads the columns that every such table has, by their names.
  package init(_ row: PostgresRow) throws {
    added = try row.decode("date_added")
    modified = try row.decode("date_modified")
    createdBy = try row.decode("created_by")
    createdByUser = try row.decode("created_by_user")
    modifiedBy = try row.decode("modified_by")
    modifiedByUser = try row.decode("modified_by_user")
  }

  /// The columns, of a table by its alias in a query.
  package static func columns(of table: String) -> SQL {
    [
      "date_added", "date_modified", "created_by", "created_by_user", "modified_by",
      "modified_by_user",
    ].map { "\(identifier: table).\(identifier: $0)" as SQL }.joined(separator: ", ")
  }
}
