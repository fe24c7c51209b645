import JobQueue
import Webhooks

/// The events that webhooks can be told, and Martlet's own: the log, replay and pauses (API page, 9).
struct WebhookRoutes: Sendable {
  let resource: WebhookResource
  let jobs: JobClient
  let trial: WebhookTrial
  let pageCap: Int

  private static let mostReplayed = 1_000

  var routes: [Route] {
    [
      Route(.get, "/api/hooks/triggers", needs: .on(.webhooks, .view)) { _ in
        let triggers = WebhookEvent.allCases.map { event -> (String, JSONValue) in
          (
            event.rawValue,
            ["label": .string(event.label), "description": .string(event.explanation)]
          )
        }
        return APIResponse(json: ["triggers": .object(JSONObject(triggers))])
      }.described("The events that webhooks can be told", answer: "triggers:object"),
      Route(.get, "/api/hooks/{id}/deliveries", needs: .on(.webhook, .view)) {
        try await deliveries($0)
      }.described(
        "List the deliveries of a webhook", query: "state:text @page",
        answer: "total:integer deliveries:Delivery[]"),
      Route(.post, "/api/hooks/{id}/deliveries/replay", needs: .on(.webhook, .edit)) {
        try await replay($0)
      }.described(
        "Deliver again", query: "ids:any", body: "ids:any", answer: "deliveries:Delivery[]"),
      Route(.get, "/api/hooks/{id}/deliveries/{delivery}", needs: .on(.webhook, .view)) {
        try await delivery($0)
      }.described(
        "Get a delivery with its body and its requests", answer: "delivery:object"),
      Route(.get, "/api/hooks/{id}/state", needs: .on(.webhook, .view)) { try await state($0) }
        .described("How far a webhook is", answer: "state:object"),
      Route(.post, "/api/hooks/{id}/retry", needs: .on(.webhook, .edit)) { try await retry($0) }
        .described("Send at once what waits", answer: "hook:Hook"),
      Route(.post, "/api/hooks/{id}/test", needs: .on(.webhook, .edit)) { try await test($0) }
        .described("Send a made-up delivery", answer: "test:object"),
      Route(.post, "/api/hooks/{id}/pause", needs: .on(.webhook, .edit)) {
        try await setPaused(true, $0)
      }.described("Pause a webhook", answer: "hook:Hook"),
      Route(.post, "/api/hooks/{id}/resume", needs: .on(.webhook, .edit)) {
        try await setPaused(false, $0)
      }.described("Resume a webhook", answer: "hook:Hook"),
    ]
  }

  private func deliveries(_ request: APIRequest) async throws -> APIResponse {
    let id = try request.id
    guard try await resource.store.find(id) != nil else { throw APIError.notFound }
    let paging = Paging(request.query, cap: pageCap)
    var state: WebhookDelivery.State?
    switch request.query["state"]?.text {
    case nil, ""?: break
    case "waiting"?: state = .waiting
    case "delivered"?: state = .delivered
    case let text?:
      throw APIError.validation([
        ("state", ["\"\(text.prefix(60))\" is neither waiting nor delivered"])
      ])
    }
    let page = try await WebhookLogStore.page(
      of: id, state: state, start: paging.start, limit: paging.limit, on: jobs.postgres)
    return APIResponse(json: [
      "total": .int(page.total), "deliveries": .array(page.deliveries.map(Self.json)),
    ])
  }

  private func replay(_ request: APIRequest) async throws -> APIResponse {
    let id = try request.id
    guard try await resource.store.find(id) != nil else { throw APIError.notFound }
    let body = try await request.parameters()
    let texts = (body["ids"] ?? request.query["ids"] ?? .null).commaList
    let ids = try texts.map { text throws(APIError) in
      guard let id = Int64(text), id > 0 else {
        throw .validation([("ids", ["\"\(text.prefix(60))\" is no id"])])
      }
      return id
    }
    guard !ids.isEmpty, ids.count <= Self.mostReplayed else {
      throw APIError.validation([("ids", ["name 1 to \(Self.mostReplayed) deliveries"])])
    }
    let replayed = try await jobs.transaction { transaction in
      try await WebhookLogStore.replay(ids, of: id, in: transaction)
    }
    return APIResponse(json: ["deliveries": .array(replayed.map(Self.json))])
  }

  private func delivery(_ request: APIRequest) async throws -> APIResponse {
    guard let id = request.pathParameters["delivery"].flatMap(Int64.init) else {
      throw APIError.notFound
    }
    let found = try await WebhookLogStore.record(id, of: try request.id, on: jobs.postgres)
    guard let found, var members = Self.json(found.delivery).asObject else {
      throw APIError.notFound
    }
    members["body"] = .string(found.body)
    members["requests"] = .array(
      found.attempts.map { attempt in
        [
          "statusCode": JSONValue(attempt.status), "note": .string(attempt.note),
          "seconds": .double(attempt.seconds), "dateAdded": JSONValue(attempt.date),
        ]
      })
    return APIResponse(json: ["delivery": .object(members)])
  }

  private func state(_ request: APIRequest) async throws -> APIResponse {
    let id = try request.id
    guard let webhook = try await resource.store.find(id) else { throw APIError.notFound }
    let figures = try await WebhookLogStore.figures(of: id, on: jobs.postgres)
    return APIResponse(json: [
      "state": [
        "isPublished": .bool(webhook.values.isPublished), "isPaused": .bool(webhook.isPaused),
        "failures": .int(webhook.failures), "queued": .int(figures.queued),
        "waiting": .int(figures.waiting), "failing": .int(figures.failing),
        "delivered": .int(figures.delivered), "dateRetry": JSONValue(figures.retry),
      ]
    ])
  }

  private func retry(_ request: APIRequest) async throws -> APIResponse {
    let webhook = try await resource.store.sendNow(
      try request.id, by: try request.requiredUser.author, now: jobs.clock.now)
    guard let webhook else { throw APIError.notFound }
    return APIResponse(json: [resource.names.one: resource.json(webhook, request)])
  }

  private func test(_ request: APIRequest) async throws -> APIResponse {
    guard let webhook = try await resource.store.find(try request.id) else {
      throw APIError.notFound
    }
    guard let result = try await trial.send(webhook, now: jobs.clock.now) else {
      throw CancellationError()
    }
    return APIResponse(json: [
      "test": [
        "isSuccess": .bool(result.isSuccess), "statusCode": JSONValue(result.status),
        "note": .string(result.note), "seconds": .double(result.seconds),
        "body": .string(result.body),
      ]
    ])
  }

  private func setPaused(_ isPaused: Bool, _ request: APIRequest) async throws -> APIResponse {
    let webhook = try await resource.store.setPaused(
      isPaused, try request.id, by: try request.requiredUser.author, now: jobs.clock.now)
    guard let webhook else { throw APIError.notFound }
    return APIResponse(json: [resource.names.one: resource.json(webhook, request)])
  }

  private static func json(_ delivery: WebhookDelivery) -> JSONValue {
    [
      "id": .int(Int(delivery.id)), "state": .string("\(delivery.state)"),
      "events": .int(delivery.events), "attempts": .int(delivery.attempts),
      "statusCode": JSONValue(delivery.status), "note": JSONValue(delivery.note),
      "dateAdded": JSONValue(delivery.date),
    ]
  }
}
