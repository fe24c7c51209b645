import HTTPTypes
import Hummingbird
import Imports

extension ImportRoutes {
  /// Rows that were not imported: a CSV file that can be corrected and imported again, or JSON.
  func failed(_ request: APIRequest) async throws -> APIResponse {
    let item = try await imports.store.get(try request.id)
    return Self.wantsJSON(request) ? try await failedJSON(item, request) : failedCSV(item)
  }

  /// Rows that were imported, but not quite as they were written.
  func warnings(_ request: APIRequest) async throws -> APIResponse {
    let paging = Paging(request.query, cap: pageCap)
    let page = try await imports.warnings(
      try request.id, start: paging.start, limit: paging.limit)
    return APIResponse(json: [
      "total": .int(page.total),
      "rows": .array(
        page.rows.map {
          ["row": .int($0.row), "line": .int($0.line), "warning": .string($0.text)]
        }),
    ])
  }

  private static func wantsJSON(_ request: APIRequest) -> Bool {
    if let format = request.query["format"]?.text { return format.lowercased() == "json" }
    let accept = request.headers[.accept] ?? ""
    return accept.contains("application/json") && !accept.contains("text/csv")
  }

  private func failedJSON(_ item: Import, _ request: APIRequest) async throws -> APIResponse {
    let paging = Paging(request.query, cap: pageCap)
    let page = try await imports.failures(item.id, start: paging.start, limit: paging.limit)
    return APIResponse(json: [
      "total": .int(page.total),
      "rows": .array(
        page.rows.map { row in
          [
            "line": .int(row.line), "error": .string(row.error),
            "data": row.data.isEmpty
              ? [] : .object(JSONObject(row.data.map { ($0.column, .string($0.value)) })),
          ]
        }),
    ])
  }

  /// The failed rows as a stream, however many there are.
  private func failedCSV(_ item: Import) -> APIResponse {
    let imports = imports
    return APIResponse(
      headers: [
        .contentType: "text/csv; charset=utf-8",
        .contentDisposition: "attachment; filename=\"import-\(item.id)-failed.csv\"",
      ],
      body: .stream { writer in
        // A failure leaves the answer without its last chunk: the client sees that it is
        // incomplete.
        try await imports.writeFailures(item.id) { bytes in
          try await writer.write(ByteBuffer(bytes: bytes))
        }
        try await writer.finish(nil)
      })
  }
}
