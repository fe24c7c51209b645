import Foundation
import Hummingbird
import JobQueue
import ServiceLifecycle

/// `/api/jobs` (API page, 11.4). Administrators see every job, others those made on their behalf.
struct JobRoutes: Sendable {
  /// The longest that a request waits for a job to end, in seconds.
  static let maximumWait = 60

  let jobs: JobClient
  let pageCap: Int

  var routes: [Route] {
    [
      Route(.get, "/api/jobs", needs: .anyUser) { try await list($0) }.described(
        "List jobs",
        query: """
          type:text queue:text object:text objectId:integer createdBy:integer state:text key:text \
          error:text errorGroup:text cursor:text @page
          """, answer: "total:integer jobs:Job[] nextCursor:text?"),
      Route(.get, "/api/jobs/{job:text}", needs: .anyUser) { try await show($0) }.described(
        "Get one job, waiting for its end where asked to", query: "wait:integer", answer: "job:Job"),
      Route(.post, "/api/jobs/{job:text}/cancel", needs: .anyUser, takesIdempotencyKey: true) {
        request in
        let job = try await change(request)
        if let state = JobState.ended(job.state) { throw APIError.conflict("The job is \(state).") }
        try await jobs.cancel(job.id)
        return try await answer(job, afterwards: .cancelled)
      }.described("Cancel a job", answer: "job:Job"),
      Route(.post, "/api/jobs/{job:text}/retry", needs: .anyUser, takesIdempotencyKey: true) {
        request in
        let job = try await change(request)
        guard job.state == .dead || job.state == .failed else {
          throw APIError.conflict("The job is \(job.state.rawValue), not failed or dead.")
        }
        try await jobs.retry(job.id)
        return try await answer(job, afterwards: .queued)
      }.described("Try a job again that failed", answer: "job:Job"),
      Route(
        .post, "/api/jobs/change", needs: .administrator, takesIdempotencyKey: true, changeMatching
      ).described(
        "Retry, cancel or delete all jobs that match, as a job",
        body: """
          action:text type:text queue:text object:text objectId:integer createdBy:integer state:text \
          key:text error:text errorGroup:text all:truth
          """, answer: "job:Job", statuses: [202]),
    ]
  }

  private func list(_ request: APIRequest) async throws -> APIResponse {
    var filter = try JobFilter(request.query)
    let user = try request.requiredUser
    if !user.isAdministrator { filter.createdBy = user.id }
    let paging = Paging(request.query, cap: pageCap)
    filter.start = paging.start
    filter.limit = paging.limit
    let page = try await jobs.jobs(filter)
    var body: JSONObject = [
      "total": .int(try await jobs.count(filter)), "jobs": .array(page.map { JSONValue($0) }),
    ]
    // Deep pages by the last id seen cost no more than the first.
    let isFull = page.count == paging.limit
    body.append("nextCursor", isFull ? JSONValue(page.last?.id.description) : .null)
    return APIResponse(json: .object(body))
  }

  private func changeMatching(_ request: APIRequest) async throws -> APIResponse {
    guard try !request.requiredUser.isNarrowed else { throw APIError.forbidden }
    let body = try await request.parameters()
    let name = body["action"]?.text ?? ""
    guard let action = ChangeJobs.Action(rawValue: name) else {
      throw APIError.validation([("action", ["Must be retry, cancel or delete."])])
    }
    let filter = try JobFilter(body)
    guard !filter.isForAll || body["all"]?.truth == true else {
      throw APIError.validation([("all", ["Say which jobs, or all."])])
    }
    guard let id = try await jobs.enqueue(ChangeJobs(action, filter)),
      let job = try await jobs.job(id)
    else { throw APIError.notFound }
    return APIResponse(status: .accepted, json: ["job": JSONValue(job)])
      .with(.location, "/api/jobs/\(id)")
  }

  private func show(_ request: APIRequest) async throws -> APIResponse {
    var job = try await find(request)
    let seconds = min(max(0, request.query["wait"]?.integer ?? 0), Self.maximumWait)
    let end = ContinuousClock.now + .seconds(seconds)
    var pause = Duration.milliseconds(50)
    // A server that is to stop does not hold its requests any longer.
    while JobState.ended(job.state) == nil, ContinuousClock.now < end,
      !Task.isShuttingDownGracefully
    {
      try await Task.sleep(for: min(pause, end - .now))
      pause = min(pause * 2, .seconds(1))
      job = try await find(request)
    }
    var shown = JSONValue(job)
    if try request.requiredUser.isAdministrator, case .object(var object) = shown {
      object.append("parameters", try await parameters(of: job))
      shown = .object(object)
    }
    var response = APIResponse(json: ["job": shown])
    if JobState.ended(job.state) == nil { response.headers[.retryAfter] = "2" }
    return response
  }

  private func parameters(of job: JobStatus) async throws -> JSONValue {
    guard let text = try await jobs.parameters(of: job.id) else { return .null }
    return try JSONParser.parse(text.utf8)
  }

  /// The job that a request changes; no permission is about jobs, so a token with less than its user's rights does not.
  private func change(_ request: APIRequest) async throws -> JobStatus {
    guard try !request.requiredUser.isNarrowed else { throw APIError.forbidden }
    return try await find(request)
  }

  /// - Throws: 404 also for a job that the user may not see.
  private func find(_ request: APIRequest) async throws -> JobStatus {
    let user = try request.requiredUser
    guard let id = JobID(try request.pathText("job")), let job = try await jobs.job(id),
      user.isAdministrator || job.createdBy == user.id
    else { throw APIError.notFound }
    return job
  }

  /// The job as it is now; where its kind keeps no history, as it was with its new state.
  private func answer(
    _ job: JobStatus, afterwards state: JobStatus.State
  ) async throws -> APIResponse {
    var last = job
    last.state = state
    return APIResponse(json: ["job": JSONValue(try await jobs.job(job.id) ?? last)])
  }
}

/// Names of states.
private enum JobState {
  /// The state's name if the job will not change by itself.
  static func ended(_ state: JobStatus.State) -> String? {
    switch state {
    case .succeeded, .failed, .dead, .cancelled: state.rawValue
    case .queued, .scheduled, .running: nil
    }
  }
}

extension JobFilter {
  /// Whether every job matches.
  fileprivate var isForAll: Bool {
    name == nil && queue == nil && state == nil && objectType == nil && objectID == nil
      && createdBy == nil && uniqueKey == nil && error == nil && errorGroup == nil
  }

  /// Reads the filters of a query.
  fileprivate init(_ query: JSONValue) throws(APIError) {
    self.init()
    name = query["type"]?.text.flatMap { $0.isEmpty ? nil : $0 }
    queue = query["queue"]?.text.flatMap { $0.isEmpty ? nil : $0 }
    objectType = query["object"]?.text
    objectID = query["objectId"]?.integer.map(Int64.init)
    createdBy = query["createdBy"]?.integer.map(Int64.init)
    uniqueKey = query["key"]?.text.flatMap { $0.isEmpty ? nil : $0 }
    error = query["error"]?.text.flatMap { $0.isEmpty ? nil : String($0.prefix(200)) }
    errorGroup = query["errorGroup"]?.text
    if let text = query["state"]?.text, !text.isEmpty {
      guard let known = JobStatus.State(rawValue: text) else {
        throw .badRequest("state: \(text) is no state of a job.")
      }
      state = known
    }
    if let text = query["cursor"]?.text, !text.isEmpty {
      guard let id = JobID(text) else { throw .badRequest("cursor: \(text) is no cursor.") }
      before = id
    }
  }
}
