import Contacts
import JobQueue
import Primitives
import Query
import Reports
import Users

/// `/api/reports` (API page, 10). One report is answered with its rows (``ReportRoutes``).
struct ReportResource: RecordResource {
  let store: ReportStore
  let clock: WallClock
  let pageCap: Int

  let path = "/api/reports"
  let areas = [PermissionArea.reports]
  let record: OwnedRecord? = .report
  let names = (one: "report", many: "reports")
  let shape = ListShape.array
  let query = ListQuery.reports

  var entitySchema: Schema {
    """
    @published id:id name:text description:text? system:truth isScheduled:truth source:text columns:texts \
    filters:list tableOrder:list graphs:texts groupBy:texts settings:any aggregators:list scheduleUnit:text? \
    toAddress:text? scheduleDay:text? scheduleMonthFrequency:any
    """
  }

  /// The standard endpoints without that for one report.
  var recordRoutes: [Route] {
    routes.filter { $0.method != .get || $0.path == path }
  }

  func json(_ report: Report, _ request: APIRequest) -> JSONValue { Self.json(report) }

  static func json(_ report: Report) -> JSONValue {
    let values = report.values
    let schedule = values.schedule
    return .object(
      JSONObject(isPublished: values.isPublished, report.dates).with([
        "id": .int(Int(report.id)), "name": .string(values.name),
        "description": JSONValue(values.description), "system": .bool(values.isSystem),
        "isScheduled": .bool(schedule.isActive), "source": .string(values.source),
        "columns": .array(values.columns.map(JSONValue.string)),
        "filters": .array(values.filters.map { JSONValue(kept: $0.json) }),
        "tableOrder": .array(values.order.map { JSONValue(kept: $0.json) }),
        "graphs": .array(values.graphs.map(JSONValue.string)),
        "groupBy": .array(values.groupBy.map(JSONValue.string)),
        "settings": settings(JSONValue(kept: values.settings)),
        "aggregators": .array(values.aggregators.map { JSONValue(kept: $0.json) }),
        "scheduleUnit": JSONValue(schedule.unit?.rawValue),
        "toAddress": JSONValue(schedule.toAddress),
        "scheduleDay": JSONValue(schedule.day?.rawValue),
        "scheduleMonthFrequency": JSONValue(schedule.monthFrequency),
      ]))
  }

  /// PHP writes an empty object as a list.
  private static func settings(_ value: JSONValue) -> JSONValue {
    value.isEmptyContainer ? [] : value
  }

  static func input(_ body: JSONValue) throws(APIError) -> ReportInput {
    var members = Members(body)
    var input = ReportInput()
    input.name = members.text("name")
    input.description = members.optionalText("description")
    input.isSystem = members.truth("system")
    input.source = members.text("source")
    input.columns = list(body, "columns")
    input.filters = list(body, "filters")
    input.order = list(body, "tableOrder")
    input.graphs = list(body, "graphs")
    input.groupBy = list(body, "groupBy")
    input.aggregators = list(body, "aggregators")
    input.settings = list(body, "settings")
    input.isScheduled = members.truth("isScheduled")
    input.scheduleUnit = members.optionalText("scheduleUnit")
    input.scheduleDay = members.optionalText("scheduleDay")
    input.scheduleMonthFrequency = members.optionalText("scheduleMonthFrequency")
    input.toAddress = members.optionalText("toAddress")
    input.isPublished = members.truth("isPublished")
    try members.finish()
    return input
  }

  /// A list that the store checks; null counts as missing.
  private static func list(_ body: JSONValue, _ name: String) -> Primitives.JSONValue? {
    body[name].flatMap { $0 == .null ? nil : $0.kept }
  }
}
