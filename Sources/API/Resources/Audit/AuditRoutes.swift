import Hummingbird
import Query
import Users

/// `/api/audit` (API page, 11.9): the log of changes, for administrators.
struct AuditRoutes: Sendable {
  let log: AuditLogStore
  let pageCap: Int

  /// What the log is searched for and ordered by; the newest entry comes first.
  static let query = ListQuery(
    columns: [
      QueryColumn("id", .integer, of: "a"), QueryColumn("bundle", .text, of: "a"),
      QueryColumn("object", .text, of: "a"), QueryColumn("object_id", .integer, of: "a"),
      QueryColumn("action", .text, of: "a"),
      QueryColumn("user_id", .integer, of: "a"),
      QueryColumn("user_name", .text, of: "a", otherNames: ["user"]),
      QueryColumn("ip_address", .text, of: "a", otherNames: ["ip"]),
      QueryColumn("date_added", .instant, of: "a", otherNames: ["date"]),
    ],
    mainColumns: ["user_name", "object", "action"],
    columnCommands: .beginning, newestFirst: true)

  var routes: [Route] {
    [
      Route(.get, "/api/audit", needs: .administrator) { try await list($0) }.described(
        "List what was changed, by whom", query: "@list",
        answer: "total:integer entries:AuditEntry[]")
    ]
  }

  private func list(_ request: APIRequest) async throws -> APIResponse {
    let page = try await request.page(of: Self.query, cap: pageCap) { paging, condition, order in
      try await log.page(
        start: paging.start, limit: paging.limit, where: condition, order: order)
    }
    let answer = APIResponse(json: [
      "total": .int(page.total), "entries": .array(page.records.map { JSONValue($0) }),
    ])
    return page.isEstimated ? answer.with(.totalEstimated, "1") : answer
  }
}

extension JSONValue {
  /// An entry of the audit log.
  init(_ entry: AuditRecord) {
    self = [
      "id": .int(Int(entry.id)), "dateAdded": JSONValue(entry.date),
      "bundle": .string(entry.bundle), "object": .string(entry.object),
      "objectId": .int(Int(entry.objectID)), "action": .string(entry.action),
      "userId": JSONValue(entry.userID), "userName": JSONValue(entry.userName),
      "ipAddress": JSONValue(entry.address), "details": JSONValue(kept: entry.details),
    ]
  }
}
