import Postgres

/// A new value of a column in PostgreSQL's format.
struct ColumnValue: Sendable {
  var name: String
  /// The SQL type to which the canonical text is cast.
  var type: String
  /// The value; nil clears.
  var canonical: String?

  /// The value in SQL.
  var sql: SQL { "\(canonical)::text::\(sql: SQL(unsafeText: type))" }
}

/// New values of columns for a set of records, written with one statement. Each record may change
/// different columns; its other columns stay.
struct ColumnUpdate {
  /// The records, in the order of addition.
  private(set) var ids: [Int64] = []
  private var columns: [Column] = []
  private var places: [String: Int] = [:]

  private struct Column {
    var name: String
    var type: String
    /// The values, one for each record up to the last that has one.
    var values: [String?] = []
    var isGiven: [Bool] = []

    mutating func pad(to count: Int) {
      let missing = count - values.count
      guard missing > 0 else { return }
      values += [String?](repeating: nil, count: missing)
      isGiven += [Bool](repeating: false, count: missing)
    }
  }

  /// Adds a record with its new values.
  mutating func add(_ id: Int64, _ values: [ColumnValue]) {
    for value in values {
      let place = places[value.name] ?? columns.count
      if place == columns.count {
        places[value.name] = place
        columns.append(Column(name: value.name, type: value.type))
      }
      columns[place].pad(to: ids.count)
      columns[place].values.append(value.canonical)
      columns[place].isGiven.append(true)
    }
    ids.append(id)
  }

  /// Returns the assignments after `SET` for the row `target`, with a comma after each column.
  func assignments(to target: SQL) -> SQL {
    columns.enumerated().map { index, column -> SQL in
      let value: SQL =
        "new.\(identifier: "v\(index)")::\(sql: SQL(unsafeText: column.type))"
      let name: SQL = "\(identifier: column.name)"
      return isForAll(column)
        ? "\(sql: name) = \(sql: value), "
        : """
        \(sql: name) = CASE WHEN new.\(identifier: "g\(index)") THEN \(sql: value)
          ELSE \(sql: target).\(sql: name) END,
        """
    }.joined(separator: " ")
  }

  /// Returns the records and their values as rows `new (id, …)`, followed by further columns.
  ///
  /// - Parameter more: Arrays with one element per record, by column name.
  func rows(_ more: [(name: String, array: SQL)] = []) -> SQL {
    var arrays: [SQL] = ["\(ids)::bigint[]"]
    var names: [SQL] = ["id"]
    for (index, var column) in columns.enumerated() {
      column.pad(to: ids.count)
      arrays.append("\(column.values)::text[]")
      names.append("\(identifier: "v\(index)")")
      guard !isForAll(column) else { continue }
      arrays.append("\(column.isGiven)::boolean[]")
      names.append("\(identifier: "g\(index)")")
    }
    for (name, array) in more {
      arrays.append(array)
      names.append("\(identifier: name)")
    }
    return """
      unnest(\(sql: arrays.joined(separator: ", "))) AS new (\(sql: names.joined(separator: ", ")))
      """
  }

  private func isForAll(_ column: Column) -> Bool {
    column.isGiven.count == ids.count && !column.isGiven.contains(false)
  }
}
