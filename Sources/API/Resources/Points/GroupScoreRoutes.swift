import Contacts
import Hummingbird
import JobQueue
import Points

/// The scores of a contact in point groups (API page, 8.2).
struct GroupScoreRoutes: Sendable {
  let groups: PointGroupStore
  let contacts: ContactStore
  let clock: WallClock

  var routes: [Route] {
    let path = "/api/contacts/{id}/points/groups"
    return [
      Route(.get, path, needs: .on(.contact, .view)) { try await list($0) }.described(
        "List the scores of a contact", answer: "total:integer groupScores:list"),
      Route(.get, "\(path)/{gid}", needs: .on(.contact, .view)) { try await show($0) }.described(
        "Get one score of a contact", answer: "groupScore:object?"),
      Route(
        .post, "\(path)/{gid}/{operator:text}/{amount:text}", needs: .on(.contact, .edit),
        takesIdempotencyKey: true
      ) { try await change($0) }.described(
        "Change a score of a contact",
        body: "eventName:text actionName:text eventname:text actionname:text",
        answer: "groupScore:object?"),
    ]
  }

  private func list(_ request: APIRequest) async throws -> APIResponse {
    let scores = try await groups.scores(of: try await contact(request))
    return APIResponse(json: [
      "total": .int(scores.count), "groupScores": .array(scores.map { JSONValue($0) }),
    ])
  }

  private func show(_ request: APIRequest) async throws -> APIResponse {
    let contact = try await contact(request)
    let group = try await group(request)
    let score = try await groups.score(of: contact, in: group)
    return APIResponse(json: ["groupScore": JSONValue(score)])
  }

  private func change(_ request: APIRequest) async throws -> APIResponse {
    let name = try request.pathText("operator")
    guard let operation = GroupScoreOperator(name) else {
      throw APIError.unknownOperator(name, "plus, minus, times, divide, set")
    }
    let amount = try request.pointsAmount
    let (contact, group) = (try await contact(request), try await group(request))
    let score = try await groups.change(
      contact, operation, by: amount, group: group, reason: try await request.pointsReason(),
      author: try request.requiredUser.author, now: clock.now)
    guard let score else { throw APIError.notFound }
    return APIResponse(json: ["groupScore": JSONValue(score)])
  }

  private func contact(_ request: APIRequest) async throws -> Int64 {
    let id = try request.id
    guard try await contacts.exists(id) else { throw APIError.notFound }
    return id
  }

  private func group(_ request: APIRequest) async throws -> Int64 {
    guard let id = Int64(try request.pathText("gid")), try await groups.find(id) != nil else {
      throw APIError.notFound
    }
    return id
  }
}

extension JSONValue {
  /// A score with its group, or null.
  fileprivate init(_ score: GroupScore?) {
    self = score.map { ["score": .int($0.score), "group": JSONValue($0.group)] } ?? .null
  }
}
