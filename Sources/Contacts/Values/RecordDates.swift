public import Foundation
public import Postgres

/// When a record was made and changed, and by whom (api.md 4, publish block).
public struct RecordDates: Sendable, Equatable {
  /// When it was created.
  public var added: Date
  /// When it was changed last; `nil` before the first change.
  public var modified: Date?
  /// The user who created it; `nil` for the system.
  public var createdBy: Int64?
  /// The name that user had.
  public var createdByUser: String?
  /// The user who changed it last.
  public var modifiedBy: Int64?
  /// The name that user had.
  public var modifiedByUser: String?

  /// Reads the columns that every such table has, by their names.
  public init(_ row: PostgresRow) throws {
    added = try row.decode("date_added")
    modified = try row.decode("date_modified")
    createdBy = try row.decode("created_by")
    createdByUser = try row.decode("created_by_user")
    modifiedBy = try row.decode("modified_by")
    modifiedByUser = try row.decode("modified_by_user")
  }

  /// The columns, of a table by its alias in a query.
  public static func columns(of table: String) -> SQL {
    [
      "date_added", "date_modified", "created_by", "created_by_user", "modified_by",
      "modified_by_user",
    ].map { "\(identifier: table).\(identifier: $0)" as SQL }.joined(separator: ", ")
  }
}
