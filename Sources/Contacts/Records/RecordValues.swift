package import Postgres
package import Primitives
import Users

/// The values of a record that users set, and what follows from them: columns of its table.
package protocol RecordValues: Sendable, Equatable {
  associatedtype Input: Sendable

  /// The id of the category under which the record is filed.
  var category: Int64? { get }

  /// The columns of the values, in the order of ``sql``.
  static var columns: SQL { get }
  /// The values of ``columns``, each with its type where it may be null.
  var sql: SQL { get throws }
  /// Decodes the columns by name.
  init(_ row: PostgresRow) throws

  /// Applies an input to the values that there are, as far as the input alone decides whether it is right.
  ///
  /// - Parameters:
  ///   - input: The values given.
  ///   - before: The values so far; nil for a new record.
  ///   - replacing: Whether values that are not given are set to their defaults.
  /// - Throws: ``InvalidInput``.
  init(_ input: Input, before: Self?, replacing: Bool) throws

  /// The values by name, for the audit log; the first is the name or title, which a deletion keeps.
  var members: [(name: String, value: JSONValue)] { get }

  /// Returns old and new value of each member that differs, for the audit log.
  func changes(from before: Self) -> [String: JSONValue]
}

extension RecordValues {
  package func changes(from before: Self) -> [String: JSONValue] { memberChanges(from: before) }

  /// The same, for values that tell something more.
  package func memberChanges(from before: Self) -> [String: JSONValue] {
    AuditLog.differences(from: before.members, to: members)
  }
}

/// A record of a ``TableStore``.
package protocol TableRecord: Identifiable, Sendable where ID == Int64 {
  associatedtype Values: RecordValues

  /// The values that users set.
  var values: Values { get }
}
