import Contacts
import Postgres
import Query
import Users

/// A source of rows for reports.
package struct ReportSource: Sendable {
  /// The name on the wire, such as `leads`.
  package let name: String
  /// What users read.
  package let label: String
  /// The columns, in order.
  package let columns: [ReportColumn]
  /// What stands after `FROM`.
  let from: SQL
  /// The instant by which a span of time selects rows; nil where rows have none.
  let instant: SQL?
  /// The expressions that tell rows apart.
  let key: [SQL]
  /// The permissions that the rows need.
  let limits: [AreaLimit]

  /// The column with a name on the wire.
  package func column(_ name: String) -> ReportColumn? { columns.first { $0.name == name } }

  /// Creates a source of records: of one table, with what belongs to each row.
  ///
  /// - Parameters:
  ///   - table: The table, which has `id` and `date_added`.
  ///   - joins: What stands behind it, none of which adds rows.
  static func records(
    _ name: String, _ label: String, of table: String, joins: SQL = "", columns: [ReportColumn],
    limits: [AreaLimit]
  ) -> ReportSource {
    ReportSource(
      name: name, label: label, columns: columns,
      from: "\(identifier: table) \(sql: joins)", instant: "\(identifier: table).date_added",
      key: ["\(identifier: table).id"], limits: limits)
  }

  /// Creates a source of what happened: the rows of a statistics table, under the alias `s`.
  ///
  /// - Parameters:
  ///   - table: The table, as its module declares it.
  ///   - prefix: The prefix of its columns.
  ///   - instant: Its column with the instant.
  static func log(
    _ name: String, _ label: String, of table: StatsTable, as prefix: String, instant: String,
    joins: SQL, columns: [ReportColumn], limits: [AreaLimit]
  ) -> ReportSource {
    ReportSource(
      name: name, label: label,
      columns: table.columns.map { ReportColumn(prefix, nil, $0) } + columns,
      from: "\(sql: table.source) \(sql: joins)", instant: "s.\(identifier: instant)",
      key: table.key.map { "s.\(identifier: $0)" }, limits: limits)
  }
}
