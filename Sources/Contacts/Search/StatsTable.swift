package import Postgres
package import Query

/// A table of raw rows (API page, 8.14): what its columns are called, and where its rows come from.
package struct StatsTable: Sendable {
  /// The name on the wire.
  package let name: String
  /// The columns in alphabetical order.
  package let columns: [QueryColumn]
  /// A query that gives the columns by these names; without one there are no rows, since what would write
  /// them is not there.
  private let rows: SQL?
  /// The columns that tell rows apart, in the order of an index of theirs.
  private let key: [String]

  /// A table.
  ///
  /// - Parameters:
  ///   - name: The name on the wire.
  ///   - columns: The names of the columns, between blanks. What kind of values one has, its name tells
  ///     (``kind(of:)``).
  ///   - texts: Columns that are texts, although their names do not sound so.
  ///   - key: The columns that tell rows apart.
  ///   - rows: A query that gives the columns by their names.
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

  /// What follows `FROM`: the rows, called `s`.
  package var source: SQL {
    let rows = rows ?? "SELECT \(sql: nothing) WHERE false"
    return "(\(sql: rows)) AS s"
  }

  /// What can be compared and ordered.
  package var list: ListQuery { ListQuery(columns: columns, mainColumns: []) }

  /// The order that a request asks for, else that of the key; ties are broken by the key.
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

  /// Most columns are called by what they hold.
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
