package import Postgres
package import Query

/// A report as statements, with what its rows consist of.
package struct ReportStatement: Sendable {
  /// A column of the answer.
  package struct Column: Sendable {
    /// The name in the rows: the column's own with a number, `email1`, or an aggregate's, `COUNT l.id`.
    package let key: String
    /// The name of the report's column; nil for an aggregate.
    package let name: String?
    /// What users read.
    package let label: String
    /// The kind of the values.
    package let kind: QueryColumn.Kind
  }

  /// The columns in the order of a row's values.
  package let columns: [Column]
  /// All rows in order, each value as text.
  let rows: SQL
  /// The number of rows.
  package let count: SQL

  /// Some of the rows in order, each value as text.
  package func rows(start: Int, limit: Int) -> SQL {
    "\(sql: rows) LIMIT \(max(0, limit)) OFFSET \(max(0, start))"
  }
}
