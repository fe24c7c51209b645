import Hummingbird
import JobQueue

/// `/api/queues` and `/api/workers` (API page, 11.5), for administrators.
struct QueueRoutes: Sendable {
  let jobs: JobClient
  let pageCap: Int

  var routes: [Route] {
    [
      Route(.get, "/api/queues", needs: .administrator) { _ in
        let queues = try await jobs.queues()
        return APIResponse(json: [
          "total": .int(queues.count), "queues": .array(queues.map { .object(Self.json($0)) }),
        ])
      }.described("List queues", answer: "total:integer queues:list"),
      Route(.get, "/api/queues/{name:text}", needs: .administrator) { try await show($0) }
        .described("Get one queue", answer: "queue:object"),
      Route(
        .post, "/api/queues/{name:text}/pause", needs: .administrator, takesIdempotencyKey: true
      ) { request in
        try await jobs.pause(queue: try await known(request).name)
        return APIResponse(json: ["success": 1])
      }.described("Pause a queue", answer: "success:any"),
      Route(
        .post, "/api/queues/{name:text}/resume", needs: .administrator, takesIdempotencyKey: true
      ) { request in
        try await jobs.resume(queue: try await known(request).name)
        return APIResponse(json: ["success": 1])
      }.described("Resume a queue", answer: "success:any"),
      Route(.get, "/api/queues/{name:text}/dead", needs: .administrator) { try await dead($0) }
        .described(
          "List the dead jobs of a queue", query: "@page", answer: "total:integer jobs:Job[]"),
      Route(
        .post, "/api/queues/{name:text}/dead/retry", needs: .administrator,
        takesIdempotencyKey: true
      ) { request in
        let queue = try await known(request).name
        let count = try await jobs.retryDead(queue: queue, try await selection(request))
        return APIResponse(json: ["success": 1, "retried": .int(count)])
      }.described(
        "Try dead jobs again", query: "ids:any all:truth", body: "ids:any all:truth",
        answer: "success:any retried:integer"),
      Route(.delete, "/api/queues/{name:text}/dead/delete", needs: .administrator) { request in
        let queue = try await known(request).name
        let count = try await jobs.purgeDead(queue: queue, try await selection(request))
        return APIResponse(json: ["success": 1, "deleted": .int(count)])
      }.described(
        "Delete dead jobs", query: "ids:any all:truth", body: "ids:any all:truth",
        answer: "success:any deleted:integer"),
      Route(.get, "/api/workers", needs: .administrator) { _ in
        let workers = try await jobs.workers()
        return APIResponse(json: [
          "total": .int(workers.count), "workers": .array(workers.map { JSONValue($0) }),
        ])
      }.described("List workers", answer: "total:integer workers:list"),
    ]
  }

  private func known(_ request: APIRequest) async throws -> QueueStatus {
    guard let queue = try await jobs.queue(try request.pathText("name")) else {
      throw APIError.notFound
    }
    return queue
  }

  private func show(_ request: APIRequest) async throws -> APIResponse {
    let queue = try await known(request)
    var object = Self.json(queue)
    let types = try await jobs.counts(queue: queue.name).map { type in
      (
        type.name,
        JSONValue.object([
          "queued": .int(type.queued), "scheduled": .int(type.scheduled), "dead": .int(type.dead),
        ])
      )
    }
    object.append("types", types.isEmpty ? [] : .object(JSONObject(types)))
    return APIResponse(json: ["queue": .object(object)])
  }

  private func dead(_ request: APIRequest) async throws -> APIResponse {
    let queue = try await known(request)
    let paging = Paging(request.query, cap: pageCap)
    let page = try await jobs.jobs(
      JobFilter(queue: queue.name, state: .dead, start: paging.start, limit: paging.limit))
    return APIResponse(json: [
      "total": .int(queue.dead), "jobs": .array(page.map { JSONValue($0) }),
    ])
  }

  /// The jobs that a request names; nil for all of them.
  private func selection(_ request: APIRequest) async throws -> [JobID]? {
    let parameters = try await request.parameters()
    if let ids = parameters["ids"] ?? request.query["ids"] {
      return try ids.commaList.map { text in
        guard let id = JobID(text) else { throw APIError.badRequest("ids: \(text) is no job id.") }
        return id
      }
    }
    guard (parameters["all"] ?? request.query["all"])?.truth == true else {
      throw APIError.badRequest("Name the jobs with ids, or say all.")
    }
    return nil
  }

  private static func json(_ queue: QueueStatus) -> JSONObject {
    [
      "name": .string(queue.name), "depth": .int(queue.depth), "running": .int(queue.running),
      "scheduled": .int(queue.scheduled), "dead": .int(queue.dead),
      "oldestAgeSeconds": queue.oldestAgeSeconds.map { .double(rounded($0)) } ?? .null,
      "throughputPerMinute": .double(rounded(queue.throughputPerMinute)),
      "workers": .int(queue.workers), "paused": .bool(queue.isPaused),
      "unknown": .int(queue.unknown),
    ]
  }

  private static func rounded(_ number: Double) -> Double { (number * 100).rounded() / 100 }
}

extension JSONValue {
  fileprivate init(_ worker: WorkerStatus) {
    self = [
      "id": .string(worker.id), "host": .string(worker.host), "processId": .int(worker.processID),
      "dateStarted": JSONValue(worker.startedAt), "lastHeartbeat": JSONValue(worker.lastHeartbeat),
      "queues": .array(worker.queues.map(JSONValue.string)),
      "concurrency": .int(worker.concurrency), "draining": .bool(worker.isDraining),
      "running": .array(
        worker.running.map { job in
          [
            "id": .string(job.id.description), "type": .string(job.name),
            "queue": .string(job.queue), "attempt": .int(job.attempt),
            "dateStarted": JSONValue(job.since), "progress": JSONValue(job.progress),
          ]
        }),
    ]
  }
}
