package import Postgres
package import Query

/// A table of raw rows (api.md 8.14): its columns and the source of its rows.
package struct StatsTable: Sendable {
  /// The name on the wire.
  package let name: String
  /// The columns, in alphabetical order.
  package let columns: [QueryColumn]
  /// A query that returns the columns by these names; if nil there are no rows, since the module
  /// that would write them is missing.
  private let rows: SQL?
  /// The columns that identify rows, in the order of an index.
  package let key: [String]

  /// Creates a table.
  ///
  /// - Parameters:
  ///   - name: The name on the wire.
  ///   - columns: The names of the columns, separated by blanks. The kind of a column follows from
  ///     its name (``kind(of:)``).
  ///   - texts: The columns that are texts although their names suggest otherwise.
  ///   - key: The columns that identify rows.
  ///   - rows: A query that returns the columns by their names.
  package init(
    _ name: String, _ columns: String, texts: Set<String> = [], key: [String] = ["id"],
    from rows: SQL? = nil
  ) {
    self.name = name
    self.columns = columns.split(separator: " ").map { column in
      let column = String(column)
      return QueryColumn(column, texts.contains(column) ? .text : Self.kind(of: column), of: "s")
    }
    self.key = key
    self.rows = rows
  }

  /// The item of the `FROM` clause: the rows under the alias `s`.
  package var source: SQL {
    let rows = rows ?? "SELECT \(sql: nothing) WHERE false"
    return "(\(sql: rows)) AS s"
  }

  /// The columns that can be compared and ordered.
  package var list: ListQuery { ListQuery(columns: columns, mainColumns: [], own: own) }

  /// The rows for a user who may see own contacts alone: those of these contacts, of the audit log what the user did, and
  /// of tables without contacts what tells of nobody.
  private var own: @Sendable (SearchContext) -> SQL {
    let names = Set(columns.map(\.name))
    if names.contains("lead_id") { return ListQuery.ofOwnContacts("s.lead_id") }
    if names.contains("user_id") { return { "s.user_id = \($0.user)" } }
    let isOfNobody = names.isDisjoint(with: ["ip_address", "ip_id", "stat_id", "message_id"])
    return { _ in isOfNobody ? "true" : "false" }
  }

  /// Returns the requested order, by default that of the key; ties are broken by the key.
  package func order(_ request: ListRequest) throws(QueryError) -> SQL {
    let names = rows == nil ? [columns[0].name] : key
    let ties = names.map { "s.\(identifier: $0)" as SQL }.joined(separator: ", ")
    return QueryOrder.clause(try list.orders(request), id: ties)
  }

  private var nothing: SQL {
    columns.map { column in
      let type: SQL =
        switch column.kind {
        case .integer: "bigint"
        case .boolean: "boolean"
        case .instant: "timestamptz"
        default: "text"
        }
      return "NULL::\(sql: type) AS \(identifier: column.name)"
    }.joined(separator: ", ")
  }

  /// Returns the kind of a column, which for most follows from the name.
  private static func kind(of column: String) -> QueryColumn.Kind {
    switch column {
    case "id", "hits", "reason", "rotation", "delta", "duration", "code", "checked_out_by",
      "created_by", "modified_by", "time_watched", "frequency_number":
      .integer
    case "pause_from_date", "pause_to_date", "trigger_date", "checked_out", "last_opened",
      "last_sent", "last_clicked":
      .instant
    case "manually_added", "manually_removed", "preferred_channel", "system_triggered",
      "non_action_path_taken", "viewed_in_browser":
      .boolean
    case "tracking_id", "message_id": .text
    case let name where name.hasPrefix("date_"): .instant
    case let name where name.hasPrefix("is_"): .boolean
    case let name where name.hasSuffix("_id") || name.hasSuffix("_count"): .integer
    case "unique_hits": .integer
    default: .text
    }
  }
}
