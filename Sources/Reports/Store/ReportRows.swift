import Contacts
package import Postgres
package import Primitives

extension ReportValues: RecordValues {
  package static let columns: SQL = """
    name, description, is_system, source, columns, filters, table_order, graphs, group_by,
    aggregators, settings, is_scheduled, schedule_unit, schedule_day, schedule_month_frequency,
    to_address, is_published
    """

  package init(_ row: PostgresRow) throws {
    func json<T: Decodable>(_ column: String) throws -> T {
      try row.decode(column, as: JSON.self).decode(T.self)
    }
    name = try row.decode("name")
    description = try row.decode("description")
    isSystem = try row.decode("is_system")
    source = try row.decode("source")
    columns = try json("columns")
    filters = try json("filters")
    order = try json("table_order")
    graphs = try json("graphs")
    groupBy = try json("group_by")
    aggregators = try json("aggregators")
    settings = try json("settings")
    schedule.isActive = try row.decode("is_scheduled")
    schedule.unit = try row.decode("schedule_unit", as: String?.self).flatMap(
      ReportSchedule.Unit.init)
    schedule.day = try row.decode("schedule_day", as: String?.self).flatMap(
      ReportSchedule.Day.init)
    schedule.monthFrequency = try row.decode("schedule_month_frequency")
    schedule.toAddress = try row.decode("to_address")
    isPublished = try row.decode("is_published")
  }

  /// The values of ``columns``.
  package var sql: SQL {
    get throws {
      """
      \(name), \(description)::text, \(isSystem), \(source), \(try JSON(columns)),
      \(try JSON(filters)), \(try JSON(order)), \(try JSON(graphs)), \(try JSON(groupBy)),
      \(try JSON(aggregators)), \(try JSON(settings)), \(schedule.isActive),
      \(schedule.unit?.rawValue)::text, \(schedule.day?.rawValue)::text,
      \(schedule.monthFrequency)::text, \(schedule.toAddress)::text, \(isPublished)
      """
    }
  }

  /// The values by name, for the audit log.
  package var members: [(name: String, value: JSONValue)] {
    [
      ("name", .string(name)), ("description", JSONValue(description)),
      ("system", .boolean(isSystem)), ("source", .string(source)),
      ("columns", .array(columns.map(JSONValue.string))),
      ("filters", .array(filters.map(\.json))), ("tableOrder", .array(order.map(\.json))),
      ("graphs", .array(graphs.map(JSONValue.string))),
      ("groupBy", .array(groupBy.map(JSONValue.string))),
      ("aggregators", .array(aggregators.map(\.json))), ("settings", settings),
      ("isScheduled", .boolean(schedule.isActive)),
      ("scheduleUnit", JSONValue(schedule.unit?.rawValue)),
      ("scheduleDay", JSONValue(schedule.day?.rawValue)),
      ("scheduleMonthFrequency", JSONValue(schedule.monthFrequency)),
      ("toAddress", JSONValue(schedule.toAddress)), ("isPublished", .boolean(isPublished)),
    ]
  }
}

extension ReportFilter {
  /// The filter as on the wire.
  package var json: JSONValue {
    .object([
      "column": .string(column), "condition": .string(condition.rawValue), "value": value,
      "glue": .string(beginsGroup ? "or" : "and"), "dynamic": .null,
    ])
  }
}

extension ReportOrder {
  /// The order as on the wire.
  package var json: JSONValue {
    .object(["column": .string(column), "direction": .string(isDescending ? "DESC" : "ASC")])
  }
}

extension ReportAggregator {
  /// The figure as on the wire.
  package var json: JSONValue {
    .object(["column": .string(column), "function": .string(function.rawValue)])
  }
}
