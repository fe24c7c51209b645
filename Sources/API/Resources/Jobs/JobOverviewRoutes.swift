import JobQueue

/// The jobs that are not due yet, the dead ones by error, and what jobs did (API page, 11.4); for administrators.
struct JobOverviewRoutes: Sendable {
  let jobs: JobClient
  let pageCap: Int

  var routes: [Route] {
    [
      Route(.get, "/api/jobs/scheduled", needs: .administrator) { try await scheduled($0) }
        .described(
          "List the jobs that are not due yet, the next first", query: "queue:text @page",
          answer: "total:integer jobs:list dateBegin:date? step:integer due:list later:integer"),
      Route(
        .post, "/api/jobs/{job:text}/run", needs: .administrator, takesIdempotencyKey: true
      ) { request in
        guard try !request.requiredUser.isNarrowed else { throw APIError.forbidden }
        guard let id = JobID(try request.pathText("job")) else { throw APIError.notFound }
        try await jobs.runNow(id)
        return APIResponse(json: ["success": 1])
      }.described("Run a scheduled job at once", answer: "success:any"),
      Route(.get, "/api/jobs/dead", needs: .administrator) { request in
        let paging = Paging(request.query, cap: min(pageCap, 500), standard: 100)
        let groups = try await jobs.deadGroups(limit: paging.limit)
        return APIResponse(json: [
          "total": .int(groups.reduce(0) { $0 + $1.count }),
          "groups": .array(groups.map { JSONValue($0) }),
        ])
      }.described(
        "Count the dead jobs by type and error", query: "limit:integer",
        answer: "total:integer groups:list"),
      Route(.get, "/api/jobs/figures", needs: .administrator) { try await figures($0) }.described(
        "Tell how many jobs were done in the last hour or day, and how long they took",
        query: "span:text queue:text type:text",
        answer: "dateBegin:date? step:integer types:list"),
    ]
  }

  private func scheduled(_ request: APIRequest) async throws -> APIResponse {
    let paging = Paging(request.query, cap: pageCap)
    let queue = request.query["queue"]?.text.flatMap { $0.isEmpty ? nil : $0 }
    if let queue, try await jobs.queue(queue) == nil { throw APIError.notFound }
    let schedule = try await jobs.schedule(queue: queue)
    let list = try await jobs.scheduled(queue: queue, start: paging.start, limit: paging.limit)
    return APIResponse(json: [
      "total": .int(schedule.total), "jobs": .array(list.map { JSONValue($0) }),
      "dateBegin": JSONValue(schedule.begin), "step": .int(schedule.step),
      "due": .array(schedule.slots.map { .int($0) }), "later": .int(schedule.later),
    ])
  }

  private func figures(_ request: APIRequest) async throws -> APIResponse {
    let resolution: JobFigures.Resolution
    switch request.query["span"]?.text ?? "hour" {
    case "hour": resolution = .minute
    case "day": resolution = .tenMinutes
    case let other: throw APIError.badRequest("span: \(other) is neither hour nor day.")
    }
    let (queue, type) = (request.query["queue"]?.text ?? "", request.query["type"]?.text ?? "")
    let span = try await jobs.figures(resolution)
    return APIResponse(json: [
      "dateBegin": JSONValue(span.begin), "step": .int(span.step),
      "types": .array(
        span.jobs.filter {
          (queue.isEmpty || $0.queue == queue) && (type.isEmpty || $0.name == type)
        }.map { JSONValue($0) }),
    ])
  }
}

extension JSONValue {
  fileprivate init(_ job: ScheduledJob) {
    self = [
      "id": .string(job.id.description), "type": .string(job.name), "queue": .string(job.queue),
      "dateAvailable": JSONValue(job.due), "isRetry": .bool(job.isRetry),
      "attempts": .int(job.attempts), "maxAttempts": .int(job.maxAttempts),
    ]
  }

  fileprivate init(_ group: DeadGroup) {
    self = [
      "queue": .string(group.queue), "type": .string(group.name),
      "errorGroup": .string(group.error), "count": .int(group.count),
      "dateFirst": JSONValue(group.first), "dateLast": JSONValue(group.last),
      "newest": .string(group.newest.description),
    ]
  }

  fileprivate init(_ figures: JobFigures) {
    self = [
      "queue": .string(figures.queue), "type": .string(figures.name),
      "done": .array(figures.done.map { .int($0) }),
      "failed": .array(figures.failed.map { .int($0) }), "runs": .int(figures.runs),
      "meanSeconds": figures.meanSeconds.map { .double($0) } ?? .null,
      "seconds50": figures.seconds(within: 0.5).map { .double($0) } ?? .null,
      "seconds95": figures.seconds(within: 0.95).map { .double($0) } ?? .null,
    ]
  }
}
