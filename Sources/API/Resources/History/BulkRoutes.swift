import Contacts
import Hummingbird
import JobQueue

/// `/api/contacts/bulk` (API page, 11.6).
struct BulkRoutes: Sendable {
  let bulk: BulkService
  let jobs: JobClient

  var routes: [Route] {
    [
      Route(.post, "/api/contacts/bulk", needs: .on(.contacts, .view), takesIdempotencyKey: true) {
        try await start($0)
      }.described(
        "Change many contacts at once",
        body: """
          search:text where:any ids:any segment:integer reason:integer action:text add:any remove:any \
          value:any comments:text dryRun:truth
          """, answer: "job:Job matched:integer", statuses: [200, 202])
    ]
  }

  private func start(_ request: APIRequest) async throws -> APIResponse {
    guard let body = try await request.parameters().asObject else {
      throw APIError.badRequest("The body must be an object.")
    }
    var wanted = try Self.request(.object(body))
    let seen = try request.ownLimit(.contacts, .view)
    let limit = try request.ownLimit(.contacts, wanted.action == "delete" ? .delete : .edit)
    wanted.selection.owner = limit ?? seen
    let user = try request.requiredUser
    try await request.segmentAccess.check(wanted, on: jobs.postgres)
    if body["dryRun"]?.truth == true {
      return APIResponse(json: ["matched": .int(try await bulk.count(wanted, user: user.id))])
    }
    let id = try await bulk.start(wanted, by: user.author, user: user.id)
    guard let job = try await jobs.job(id) else { throw APIError.notFound }
    return APIResponse(status: .accepted, json: ["job": JSONValue(job)])
      .with(.location, "/api/jobs/\(id)")
  }

  /// Reads the request in a body.
  ///
  /// - Throws: `APIError` 400 naming the member.
  private static func request(_ body: JSONValue) throws(APIError) -> BulkRequest {
    func given(_ name: String) -> JSONValue? { body[name].flatMap { $0 == .null ? nil : $0 } }
    if let search = given("search"), search.text == nil {
      throw .validation([("search", ["not a text"])])
    }
    var selection = ContactSelection(
      search: given("search")?.text, where: given("where")?.kept)
    if let ids = given("ids") {
      var numbers: [Int64] = []
      for text in ids.commaList {
        guard let id = Int64(text), id > 0 else {
          throw .validation([
            ("ids", ["\(InvalidInput.shown(text)) is not the number of a contact"])
          ])
        }
        numbers.append(id)
      }
      selection.ids = numbers
    }
    if let segment = given("segment") {
      guard let id = segment.integer, id > 0 else {
        throw .validation([("segment", ["not the number of a segment"])])
      }
      selection.segment = Int64(id)
    }
    if let reason = given("reason"), reason.integer == nil {
      throw .validation([("reason", ["not a whole number"])])
    }
    return BulkRequest(
      given("action")?.text ?? "", selection, add: given("add")?.kept,
      remove: given("remove")?.kept, value: body["value"]?.kept,
      reason: given("reason")?.integer, comments: given("comments")?.text)
  }
}
