import Fields
import Postgres
import Primitives

/// Turns `where[i][col|expr|val]` into a condition (api.md 6). Its parts are joined by AND.
struct QueryCondition {
  /// Returns the column of a name, or nil.
  let column: (String) -> QueryColumn?
  private var count = 0

  init(column: @escaping (String) -> QueryColumn?) { self.column = column }

  /// Returns the condition of a whole `where`; nil if it is empty.
  ///
  /// - Throws: ``QueryError`` for an unknown column or expression, or an invalid value.
  mutating func condition(_ conditions: JSONValue?) throws(QueryError) -> SQL? {
    guard let conditions, conditions != .null, conditions != .string("") else { return nil }
    guard let parts = conditions.queryElements else {
      throw QueryError("where", "is no list of conditions")
    }
    return try joined(parts, " AND ", depth: 0)
  }

  private mutating func joined(
    _ parts: [JSONValue], _ separator: SQL, depth: Int
  ) throws(QueryError) -> SQL? {
    guard depth <= QueryLimits.conditionDepth else {
      throw QueryError("where", "conditions more than \(QueryLimits.conditionDepth) deep")
    }
    var conditions: [SQL] = []
    // Conditions marked as internal are for the server's own use.
    for part in parts where part["internal"] ?? .null == .null {
      if let condition = try one(part, depth: depth) { conditions.append("(\(sql: condition))") }
    }
    return conditions.isEmpty ? nil : conditions.joined(separator: separator)
  }

  private mutating func one(_ part: JSONValue, depth: Int) throws(QueryError) -> SQL? {
    count += 1
    guard count <= QueryLimits.conditions else {
      throw QueryError("where", "more than \(QueryLimits.conditions) conditions")
    }
    guard let expression = part["expr"]?.text, !expression.isEmpty else {
      throw QueryError("where", "a condition has no expr")
    }
    let value = part["val"] ?? part["value"] ?? .null
    if expression == "andX" || expression == "orX" {
      let separator: SQL = expression == "andX" ? " AND " : " OR "
      return try joined(value.queryElements ?? [], separator, depth: depth + 1)
    }
    guard let name = (part["col"] ?? part["column"])?.text, !name.isEmpty else {
      throw QueryError("where", "a condition has no col")
    }
    guard let column = column(name) else {
      throw QueryError("where", "there is no column \(name.inQuotes)")
    }
    do {
      return try compare(column, expression, value)
    } catch let problem as FieldProblem {
      throw QueryError("where", "\(name.inQuotes) \(expression): \(problem)")
    } catch let error as QueryError {
      throw error
    } catch {
      throw QueryError("where", "\(name.inQuotes) \(expression) cannot be used")
    }
  }

  private func compare(
    _ column: QueryColumn, _ expression: String, _ value: JSONValue
  ) throws -> SQL {
    switch expression {
    case "eq": return try column.compare(.equal, value.text ?? "")
    case "neq": return try column.compare(.unequal, value.text ?? "")
    case "lt": return try column.compare(.less, value.text ?? "")
    case "lte": return try column.compare(.lessOrEqual, value.text ?? "")
    case "gt": return try column.compare(.greater, value.text ?? "")
    case "gte": return try column.compare(.greaterOrEqual, value.text ?? "")
    case "like": return try like(column, value)
    case "notLike":
      return "\(sql: column.sql) IS NOT NULL AND NOT (\(sql: try like(column, value)))"
    case "in": return try column.isAny(of: try list(value))
    case "notIn": return try column.isNone(of: try list(value))
    case "between": return try between(column, value)
    case "notBetween": return "NOT (\(sql: try between(column, value)))"
    case "isNull": return "\(sql: column.sql) IS NULL"
    case "isNotNull": return "\(sql: column.sql) IS NOT NULL"
    case "isEmpty": return column.isEmpty
    case "isNotEmpty": return "NOT (\(sql: column.isEmpty))"
    default: throw QueryError("where", "there is no expr \(expression.inQuotes)")
    }
  }

  private func like(_ column: QueryColumn, _ value: JSONValue) throws(FieldProblem) -> SQL {
    let text = value.text ?? ""
    guard text.isStorable else { throw .notText }
    return column.matches(TextPattern(like: text))
  }

  private func between(_ column: QueryColumn, _ value: JSONValue) throws -> SQL {
    let bounds = try list(value)
    guard bounds.count == 2 else {
      throw QueryError("where", "\(column.name.inQuotes) between needs two values")
    }
    return try column.isBetween(bounds[0], bounds[1])
  }

  private func list(_ value: JSONValue) throws(QueryError) -> [String] {
    let values = value.queryElements?.compactMap(\.text) ?? QuotedList.parse(value.text ?? "")
    guard values.count <= QueryLimits.values else {
      throw QueryError("where", "more than \(QueryLimits.values) values")
    }
    return values
  }
}
