package import Fields
package import Postgres
import Primitives

/// A column of a list that a request may search, compare and order by.
package struct QueryColumn: Sendable {
  /// The kind of a column's values, which determines parsing and comparison.
  package enum Kind: Sendable, Equatable {
    case integer, number, boolean, instant, day, time
    /// Compared without regard to ASCII case.
    case text
    /// An array of texts, compared as joined with `|`.
    case list
  }

  /// The index of a text column.
  package enum Index: Sendable, Equatable {
    case none
    /// The indexes of a unique identifier: one for rows with an exclusive value, one for the
    /// others.
    case identity(shared: String)
    /// An index on the beginning of the text, ``Field/searchExpression``.
    case search
  }

  /// The name in snake case.
  package let name: String
  /// The kind of its values.
  package let kind: Kind
  /// The column in SQL, with its table.
  package let sql: SQL
  /// The index of its texts.
  package let index: Index
  /// Alternative names.
  let otherNames: [String]
  /// The closed list of its values: other names of one are compared as its stored name.
  var values: ValueList?

  /// Creates a column.
  ///
  /// - Parameters:
  ///   - name: The name in the table.
  ///   - kind: The kind of its values.
  ///   - table: The table, as named in the query of the list.
  ///   - otherNames: Names on the wire, in addition to its own in snake and camel case.
  ///   - index: The index of its texts.
  package init(
    _ name: String, _ kind: Kind, of table: String, otherNames: [String] = [], index: Index = .none
  ) {
    self.init(
      name, kind, sql: "\(identifier: table).\(identifier: name)", otherNames: otherNames,
      index: index)
  }

  /// Creates a column from an expression.
  package init(
    _ name: String, _ kind: Kind, sql: SQL, otherNames: [String] = [], index: Index = .none
  ) {
    self.name = name
    self.kind = kind
    self.sql = sql
    self.otherNames = otherNames
    self.index = index
  }

  /// Returns a value with its stored name, if that is another.
  func names(_ text: String) -> [String] {
    guard let name = values?.canonical(text.trimmingBlanks()), name != text else { return [text] }
    return [text, name]
  }

  /// The column as text, as on the wire, for patterns.
  package var asText: SQL {
    switch kind {
    case .text: sql
    case .list: "array_to_string(\(sql: sql), '|')"
    case .instant: "to_char(\(sql: sql) AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS')"
    case .day: "to_char(\(sql: sql), 'YYYY-MM-DD')"
    case .boolean: "CASE \(sql: sql) WHEN true THEN '1' WHEN false THEN '0' END"
    case .integer, .number, .time: "(\(sql: sql))::text"
    }
  }

  /// The column as it is compared and ordered.
  var comparable: SQL {
    switch kind {
    case .text: "lower(\(sql: sql) COLLATE \"C\")"
    case .list: "lower(array_to_string(\(sql: sql), '|') COLLATE \"C\")"
    default: sql
    }
  }
}
