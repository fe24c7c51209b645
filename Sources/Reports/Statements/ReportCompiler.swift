package import Contacts
package import Postgres
import Primitives
import Query

/// Turns a report into statements. Whatever a report names is looked up in its source, and values are bound.
package struct ReportCompiler {
  private let source: ReportSource
  private let report: ReportValues
  private var inner: [SQL] = []
  private var outputs: [Output] = []

  /// A column of the inner query, by what it is called there.
  private struct Output {
    /// The column's name, or the aggregate's.
    var name: String
    var alias: SQL
    var kind: QueryColumn.Kind
  }

  private init(_ report: ReportValues, _ source: ReportSource) {
    self.report = report
    self.source = source
  }

  /// Returns the statements of a report.
  ///
  /// - Parameters:
  ///   - source: Its source.
  ///   - window: The span of time; nil for any time.
  ///   - limit: The condition of the rows that may be seen.
  /// - Throws: `InvalidInput` naming the member at fault.
  package static func compile(
    _ report: ReportValues, of source: ReportSource, within window: ReportWindow? = nil,
    where limit: SQL = "true"
  ) throws(InvalidInput) -> ReportStatement {
    var compiler = ReportCompiler(report, source)
    return try compiler.statement(window, limit)
  }

  private var isGrouped: Bool { !report.groupBy.isEmpty || !report.aggregators.isEmpty }

  private mutating func statement(
    _ window: ReportWindow?, _ limit: SQL
  ) throws(InvalidInput) -> ReportStatement {
    guard !report.columns.isEmpty || !report.aggregators.isEmpty else {
      throw InvalidInput("columns", "a report shows at least one column or aggregate")
    }
    // What rows are grouped by comes first, so that it is known by its place.
    for (place, name) in report.groupBy.enumerated() {
      add(try column(name, "groupBy[\(place)]"))
    }
    var shown: [ReportStatement.Column] = []
    var counts: [String: Int] = [:]
    for (place, name) in report.columns.enumerated() {
      let column = try column(name, "columns[\(place)]")
      if isGrouped, !report.groupBy.contains(name) {
        throw InvalidInput(
          "columns[\(place)]",
          "\(InvalidInput.shown(name)) must be in groupBy, since rows are grouped")
      }
      if !isGrouped { add(column) }
      counts[column.bareName, default: 0] += 1
      shown.append(
        .init(
          key: "\(column.bareName)\(counts[column.bareName] ?? 1)", name: name,
          label: column.label, kind: column.kind))
    }
    for (place, aggregator) in report.aggregators.enumerated() {
      shown.append(try add(aggregator, "aggregators[\(place)]"))
    }
    let order = try orderClause()
    let condition = try condition(window, limit)
    let groups: SQL =
      report.groupBy.isEmpty
      ? ""
      : "GROUP BY \(sql: SQL(unsafeText: report.groupBy.indices.map { "\($0 + 1)" }.joined(separator: ", ")))"
    let texts = shown.map { column in text(column.name ?? column.key) }
    return ReportStatement(
      columns: shown,
      rows: """
        SELECT \(sql: texts.joined(separator: ", ")) FROM (
          SELECT \(sql: inner.joined(separator: ", ")) FROM \(sql: source.from)
          WHERE \(sql: condition) \(sql: groups)
        ) AS r \(sql: order)
        """,
      count: isGrouped
        ? """
        SELECT count(*) FROM (
          SELECT \(sql: inner.joined(separator: ", ")) FROM \(sql: source.from)
          WHERE \(sql: condition) \(sql: groups)
        ) AS r
        """
        : "SELECT count(*) FROM \(sql: source.from) WHERE \(sql: condition)")
  }

  // MARK: Columns

  private func column(_ name: String, _ member: String) throws(InvalidInput) -> ReportColumn {
    guard let column = source.column(name) else {
      throw InvalidInput(
        member, "\(InvalidInput.shown(name)) is no column of the source \(source.name)")
    }
    return column
  }

  private mutating func add(_ column: ReportColumn) {
    add(column.column.sql, column.name, column.kind)
  }

  private mutating func add(_ sql: SQL, _ name: String, _ kind: QueryColumn.Kind) {
    guard !outputs.contains(where: { $0.name == name }) else { return }
    let alias: SQL = "\(identifier: "c\(outputs.count)")"
    outputs.append(Output(name: name, alias: "r.\(sql: alias)", kind: kind))
    inner.append("\(sql: sql) AS \(sql: alias)")
  }

  /// Adds a figure. The average of whole numbers is rounded to two places.
  private mutating func add(
    _ aggregator: ReportAggregator, _ member: String
  ) throws(InvalidInput) -> ReportStatement.Column {
    let column = try column(aggregator.column, "\(member).column")
    let value = column.column.sql
    let isNumber = column.kind == .integer || column.kind == .number
    let (sql, kind): (SQL, QueryColumn.Kind)
    switch aggregator.function {
    case .count: (sql, kind) = ("count(\(sql: value))", .integer)
    case .average, .sum:
      guard isNumber else {
        throw InvalidInput(
          "\(member).column",
          "\(InvalidInput.shown(column.name)) has no numbers for \(aggregator.function.rawValue)")
      }
      if aggregator.function == .average {
        (sql, kind) = ("round(avg((\(sql: value))::numeric), 2)", .number)
      } else {
        (sql, kind) = ("sum((\(sql: value))::numeric)", .number)
      }
    case .least, .greatest:
      guard column.kind != .boolean, column.kind != .list else {
        throw InvalidInput(
          "\(member).column",
          "\(InvalidInput.shown(column.name)) has no order for \(aggregator.function.rawValue)")
      }
      (sql, kind) =
        aggregator.function == .least
        ? ("min(\(sql: value))", column.kind) : ("max(\(sql: value))", column.kind)
    }
    add(sql, aggregator.name, kind)
    return .init(
      key: aggregator.name, name: nil,
      label: "\(aggregator.function.rawValue) \(column.label)", kind: kind)
  }

  private func text(_ name: String) -> SQL {
    guard let output = outputs.first(where: { $0.name == name }) else { return "NULL::text" }
    return QueryColumn("value", output.kind, sql: output.alias).asText
  }

  // MARK: Rows

  private mutating func orderClause() throws(InvalidInput) -> SQL {
    var parts: [SQL] = []
    for (place, order) in report.order.enumerated() {
      let member = "tableOrder[\(place)].column"
      let isKnown = outputs.contains { $0.name == order.column }
      if !isKnown {
        let column = try column(order.column, member)
        guard !isGrouped else {
          throw InvalidInput(
            member,
            "\(InvalidInput.shown(order.column)) must be in groupBy, since rows are grouped")
        }
        add(column)
      }
      guard let output = outputs.first(where: { $0.name == order.column }) else { continue }
      parts.append(
        order.isDescending
          ? "\(sql: output.alias) DESC NULLS LAST" : "\(sql: output.alias) ASC NULLS LAST")
    }
    // Ties are broken, so that pages do not overlap.
    if isGrouped {
      parts += outputs.prefix(report.groupBy.count).map(\.alias)
    } else {
      for (place, key) in source.key.enumerated() {
        let alias: SQL = "\(identifier: "k\(place)")"
        inner.append("\(sql: key) AS \(sql: alias)")
        parts.append("r.\(sql: alias)")
      }
    }
    return parts.isEmpty ? "" : "ORDER BY \(sql: parts.joined(separator: ", "))"
  }

  private func condition(
    _ window: ReportWindow?, _ limit: SQL
  ) throws(InvalidInput) -> SQL {
    var conditions: [SQL] = ["(\(sql: limit))"]
    if let window, let instant = source.instant {
      conditions.append(
        "\(sql: instant) >= \(window.from) AND \(sql: instant) < \(window.end)")
    }
    if let filters = try filters() { conditions.append("(\(sql: filters))") }
    return conditions.joined(separator: " AND ")
  }

  /// The filters: groups joined by OR.
  private func filters() throws(InvalidInput) -> SQL? {
    var groups: [[SQL]] = []
    for (place, filter) in report.filters.enumerated() {
      let member = "filters[\(place)]"
      let column = try column(filter.column, "\(member).column")
      let condition: SQL
      do {
        condition = try ListQuery(columns: [column.column], mainColumns: []).condition(
          search: nil, where: .array([filter.comparison(of: column.bareName)]), user: 0)
      } catch {
        throw InvalidInput("\(member).value", error.message)
      }
      if filter.beginsGroup || groups.isEmpty { groups.append([]) }
      groups[groups.count - 1].append("(\(sql: condition))")
    }
    guard !groups.isEmpty else { return nil }
    return groups.map { "(\(sql: $0.joined(separator: " AND ")))" }.joined(separator: " OR ")
  }
}

extension ReportFilter {
  /// The filter as a condition of a list (api.md 6).
  fileprivate func comparison(of column: String) -> JSONValue {
    let (expression, value): (String, JSONValue) =
      switch condition {
      case .empty: ("isEmpty", .null)
      case .notEmpty: ("isNotEmpty", .null)
      case .startsWith: ("like", .string(escaped + "%"))
      case .endsWith: ("like", .string("%" + escaped))
      case .contains: ("like", .string("%" + escaped + "%"))
      default: (condition.rawValue, value)
      }
    return .object(["col": .string(column), "expr": .string(expression), "val": value])
  }

  /// The value as text in which nothing stands for anything else.
  private var escaped: String {
    var result = ""
    for character in (value.text ?? "").unicodeScalars {
      if "%_\\".unicodeScalars.contains(character) { result.append("\\") }
      result.unicodeScalars.append(character)
    }
    return result
  }
}
