import Contacts
import Hummingbird
import Postgres
import Query
import Tracking

/// `/api/stats` (API page, 8.14).
struct StatsRoutes: Sendable {
  let store: StatsStore
  /// The tables of all modules, by name.
  let tables: [StatsTable]
  /// Lets the table of hits show those before it.
  let backlog: HitBacklog
  let pageCap: Int

  /// Routes for the tables that modules register, and for those of absent features.
  init(store: StatsStore, tables: [StatsTable], backlog: HitBacklog, pageCap: Int) {
    self.store = store
    self.tables = (tables + StatsTable.absent).sorted { $0.name < $1.name }
    self.backlog = backlog
    self.pageCap = pageCap
  }

  var routes: [Route] {
    [
      Route(.get, "/api/stats", needs: .on(.contacts, .view)) { _ in overview }.described(
        "List tables of raw rows", answer: "availableTables:texts tableColumns:object"),
      Route(.get, "/api/stats/{table:text}", needs: .on(.contacts, .view)) { try await rows($0) }
        .described(
          "List the rows of a table", query: "@page @order where:any",
          answer: """
            total:text stats:list availableTables:texts tableColumns:object errors:Error[]
            """),
    ]
  }

  /// The tables and their columns.
  private var overview: APIResponse {
    let columns = tables.map { table in
      (table.name, JSONValue.array(table.columns.map { .string($0.name) }))
    }
    return APIResponse(json: [
      "availableTables": .array(tables.map { .string($0.name) }),
      "tableColumns": .object(JSONObject(columns)),
    ])
  }

  /// A page of a table. For an unknown table the answer lists the known ones; the error of a clause has status 200.
  private func rows(_ request: APIRequest) async throws -> APIResponse {
    let name = try request.pathText("table")
    guard let table = tables.first(where: { $0.name == name }) else { return overview }
    if name == "page_hits" { await backlog.settle() }
    let paging = Paging(request.query, cap: pageCap, standard: 100)
    var wanted = ListRequest(
      where: request.query["where"]?.conditions, order: request.query["order"]?.kept,
      orderBy: request.query["orderBy"]?.text, direction: request.query["orderByDir"]?.text,
      user: try request.requiredUser.id)
    wanted.isOwnOnly = request.access < .all
    do {
      let page = try await store.page(table, wanted, start: paging.start, limit: paging.limit)
      return APIResponse(jsonBytes: Self.json(page.rows, of: table, total: page.total))
    } catch let error as QueryError {
      let error = APIError.validation([(error.parameter, [error.message])])
      return APIResponse(json: ["errors": [error.json]])
    }
  }

  private static func json(_ rows: [[String?]], of table: StatsTable, total: Int) -> [UInt8] {
    var json = JSONWriter(capacity: 256 + rows.count * 512)
    json.beginObject()
    json.key("total")
    json.value(String(total))
    json.key("stats")
    json.beginArray()
    for row in rows {
      json.beginObject()
      for (column, value) in zip(table.columns, row) {
        json.key(column.name)
        json.value(JSONValue(value))
      }
      json.endObject()
    }
    json.endArray()
    json.endObject()
    return json.bytes
  }
}
