package import Postgres
import Primitives

/// One column of an order.
package struct QueryOrder: Sendable {
  /// The column.
  package let column: QueryColumn
  /// Whether the order is descending. Missing values come last either way (CON-115).
  package let isDescending: Bool

  package init(_ column: QueryColumn, isDescending: Bool = false) {
    self.column = column
    self.isDescending = isDescending
  }

  /// Returns the `ORDER BY` clause of these columns, then by id.
  package static func clause(_ parts: [QueryOrder], id: SQL, idDescending: Bool = false) -> SQL {
    var clause: SQL = "ORDER BY "
    for part in parts {
      clause += part.column.comparable
      clause += part.isDescending ? " DESC NULLS LAST, " : " ASC NULLS LAST, "
    }
    return clause + id + (idDescending ? " DESC" : "")
  }

  /// Returns the values of an order as columns `, … AS k0, … AS k1`, and the clause that orders by them, then by
  /// `id`: for a query whose rows are ordered outside of it.
  package static func keys(_ parts: [QueryOrder]) -> (columns: SQL, clause: SQL) {
    var columns: SQL = ""
    var clause: SQL = "ORDER BY "
    for (place, part) in parts.enumerated() {
      let name: SQL = "\(identifier: "k\(place)")"
      columns += ", \(sql: part.column.comparable) AS \(sql: name)"
      clause += name + (part.isDescending ? " DESC NULLS LAST, " : " ASC NULLS LAST, ")
    }
    return (columns, clause + "id")
  }

  /// Parses the order of a request (api.md 6).
  ///
  /// - Parameters:
  ///   - order: `order[i][col|dir]`; takes precedence over the others.
  ///   - orderBy: A comma-separated list of names.
  ///   - direction: `ASC` or `DESC` in any case, for all of `orderBy`. Anything else is ascending.
  ///   - column: Returns the column of a name, or nil.
  /// - Returns: The columns in order; repeated columns are dropped.
  /// - Throws: ``QueryError`` for an unknown column.
  static func parse(
    order: JSONValue?, orderBy: String?, direction: String?, column: (String) -> QueryColumn?
  ) throws(QueryError) -> [QueryOrder] {
    var orders: [QueryOrder] = []
    func add(_ name: String, _ direction: String?, _ parameter: String) throws(QueryError) {
      guard let column = column(name) else {
        throw QueryError(parameter, "there is no column \(name.inQuotes) to order by")
      }
      guard !orders.contains(where: { $0.column.name == column.name }) else { return }
      guard orders.count < QueryLimits.orders else {
        throw QueryError(parameter, "more than \(QueryLimits.orders) columns")
      }
      orders.append(
        QueryOrder(column, isDescending: direction?.trimmingBlanks().lowercased() == "desc"))
    }
    if let parts = order?.queryElements, !parts.isEmpty {
      for part in parts {
        guard let name = (part["col"] ?? part["column"])?.text, !name.isEmpty else {
          throw QueryError("order", "a part has no col")
        }
        try add(name, (part["dir"] ?? part["direction"])?.text, "order")
      }
      return orders
    }
    for part in (orderBy ?? "").split(separator: ",") {
      let name = part.trimmingBlanks()
      if !name.isEmpty { try add(name, direction, "orderBy") }
    }
    return orders
  }
}
