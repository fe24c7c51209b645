import Contacts
import Postgres

/// Turns `where[i][col|expr|val]` into a condition (API page, section 6).
struct ContactWhere {
  /// Deeper nesting of `andX` and `orX` is refused.
  private static let maximumDepth = 10

  let fields: FieldSet

  /// The condition of a query's `where`; nil without one. Its parts are joined by AND.
  ///
  /// - Throws: `APIError` 400 for an unknown column or expression, or a value that is none.
  func condition(_ parameter: JSONValue?) throws(APIError) -> SQL? {
    guard let parts = parameter?.elements, !parts.isEmpty else { return nil }
    return try joined(parts, " AND ", depth: 0)
  }

  private func joined(
    _ parts: [JSONValue], _ separator: SQL, depth: Int
  ) throws(APIError) -> SQL? {
    guard depth <= Self.maximumDepth else { throw .badRequest("where: nested too deeply.") }
    var conditions: [SQL] = []
    // Conditions marked as internal are for the server's own use.
    for part in parts where part["internal"]?.truth != true {
      if let condition = try one(part, depth: depth) { conditions.append("(\(sql: condition))") }
    }
    return conditions.isEmpty ? nil : conditions.joined(separator: separator)
  }

  private func one(_ part: JSONValue, depth: Int) throws(APIError) -> SQL? {
    guard let expression = part["expr"]?.text, !expression.isEmpty else {
      throw .badRequest("where: a condition has no expr.")
    }
    let value = part["val"] ?? part["value"]
    if expression == "andX" || expression == "orX" {
      let separator: SQL = expression == "andX" ? " AND " : " OR "
      return try joined(value?.elements ?? [], separator, depth: depth + 1)
    }
    guard let name = (part["col"] ?? part["column"])?.text, !name.isEmpty else {
      throw .badRequest("where: a condition has no col.")
    }
    guard let column = ContactColumn(name, fields: fields) else {
      throw .badRequest("where: there is no column \(name).")
    }
    return try compare(column, expression, value ?? "")
  }

  private func compare(
    _ column: ContactColumn, _ expression: String, _ value: JSONValue
  ) throws(APIError) -> SQL {
    switch expression {
    case "eq": return try binary(column, "=", value)
    case "neq": return try binary(column, "<>", value)
    case "lt": return try binary(column, "<", value)
    case "lte": return try binary(column, "<=", value)
    case "gt": return try binary(column, ">", value)
    case "gte": return try binary(column, ">=", value)
    case "like": return "\(sql: column.asText) ILIKE \(value.text ?? "")"
    case "notLike": return "\(sql: column.asText) NOT ILIKE \(value.text ?? "")"
    case "in": return try list(column, value, isNegated: false)
    case "notIn": return try list(column, value, isNegated: true)
    case "between": return try between(column, value, "BETWEEN")
    case "notBetween": return try between(column, value, "NOT BETWEEN")
    case "isNull": return "\(sql: column.sql) IS NULL"
    case "isNotNull": return "\(sql: column.sql) IS NOT NULL"
    case "isEmpty": return "coalesce(\(sql: column.asText), '') = ''"
    case "isNotEmpty": return "coalesce(\(sql: column.asText), '') <> ''"
    default: throw .badRequest("where: there is no expr \(expression).")
    }
  }

  private func binary(
    _ column: ContactColumn, _ sign: StaticString, _ value: JSONValue
  ) throws(APIError) -> SQL {
    let right = try column.value(value.text ?? "")
    return "\(sql: column.comparable) \(literal: sign) \(sql: right)"
  }

  private func list(
    _ column: ContactColumn, _ value: JSONValue, isNegated: Bool
  ) throws(APIError) -> SQL {
    var values: [SQL] = []
    for text in value.quotedCommaList { values.append(try column.value(text)) }
    guard !values.isEmpty else { return isNegated ? "true" : "false" }
    let all = values.joined(separator: ", ")
    return isNegated
      ? "\(sql: column.comparable) NOT IN (\(sql: all))"
      : "\(sql: column.comparable) IN (\(sql: all))"
  }

  private func between(
    _ column: ContactColumn, _ value: JSONValue, _ word: StaticString
  ) throws(APIError) -> SQL {
    let bounds = value.quotedCommaList
    guard bounds.count == 2 else { throw .badRequest("where: between needs two values.") }
    let low = try column.value(bounds[0])
    let high = try column.value(bounds[1])
    return "\(sql: column.comparable) \(literal: word) \(sql: low) AND \(sql: high)"
  }
}

extension JSONValue {
  /// A list as `commaList`, whose texts may stand in quotes: `"a","b"`.
  fileprivate var quotedCommaList: [String] {
    commaList.map { text in
      guard text.count >= 2, let first = text.first, first == text.last, "\"'".contains(first)
      else { return text }
      return String(text.dropFirst().dropLast())
    }
  }
}
