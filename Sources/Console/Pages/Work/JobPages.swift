import API

/// Jobs: by state, type, queue, key and error; what is done with one, some, or all that match.
enum JobPages {
  static var routes: [ConsoleRoute] {
    [
      .get("/work/jobs", needs: .administrator) { try await JobList(page: $0)() },
      .post("/work/jobs/batch", needs: .administrator, batch),
      .get("/work/jobs/{job:text}", needs: .administrator) { try await JobPage(page: $0)() },
      .post("/work/jobs/{job:text}/retry", needs: .administrator) { try await change($0, "retry") },
      .post("/work/jobs/{job:text}/run", needs: .administrator) { try await change($0, "run") },
      .post("/work/jobs/{job:text}/cancel", needs: .administrator) {
        try await change($0, "cancel")
      },
    ]
  }

  /// The filters of the list, by the names of the API.
  static let filters = [
    "state", "type", "queue", "key", "error", "errorGroup", "object", "objectId",
  ]

  /// What a badge says of a state.
  static func badge(_ state: String, _ page: PageRequest) -> HTML {
    let kinds: [String: PageRequest.BadgeKind] = [
      "succeeded": .ok, "running": .info, "queued": .plain, "scheduled": .plain, "dead": .bad,
      "failed": .bad, "cancelled": .warn,
    ]
    return page.badge(page.texts(state), kinds[state] ?? .plain)
  }

  private static func change(_ page: PageRequest, _ action: String) async throws -> PageAnswer {
    let id = try page.request.pathText("job")
    try await page.send(.post, "jobs/\(PageRequest.encoded(id))/\(action)")
    return .redirect(
      to: "work/jobs/\(PageRequest.encoded(id))",
      message: action == "cancel" ? page.texts("Cancelled.") : page.texts("It waits for a worker."))
  }

  /// Does something with the selected jobs, or with all that match.
  private static func batch(_ page: PageRequest) async throws -> PageAnswer {
    let body = try await FormBody(page)
    let action = body.text("action") ?? ""
    guard ["retry", "cancel", "delete"].contains(action) else {
      throw APIError(.badRequest, "action: retry, cancel or delete.")
    }
    if body.text("everything") == "1" {
      var wanted: JSONObject = ["action": .string(action), "all": true]
      for filter in filters {
        if let text = body.text("filter_\(filter)") { wanted[filter] = .string(text) }
      }
      let job = try await page.send(.post, "jobs/change", .object(wanted))["job"]
      return .redirect(
        to: "work/jobs/\(job?["id"]?.text ?? "")",
        message: page.texts("This job does it. Its page shows how far it is."))
    }
    var (done, refused) = (0, 0)
    for id in (body.members["ids"]?.elements ?? []).compactMap(\.text).prefix(1000) {
      do {
        try await one(id, action, page)
        done += 1
      } catch let error as APIError where error.status.kind == .clientError {
        refused += 1
      }
    }
    let message = page.texts.counting(done, one: "Done for 1 job.", many: "Done for {count} jobs.")
    let rest =
      refused == 0
      ? ""
      : " "
        + page.texts.counting(
          refused, one: "1 was in no state for it.", many: "{count} were in no state for it.")
    return .redirect(to: "work/jobs", message: message + rest)
  }

  private static func one(_ id: String, _ action: String, _ page: PageRequest) async throws {
    let path = "jobs/\(PageRequest.encoded(id))"
    guard action == "delete" else {
      try await page.send(.post, "\(path)/\(action)")
      return
    }
    let queue = try await page.get(path)["job"]?["queue"]?.text ?? ""
    let answer = try await page.send(
      .delete, "queues/\(PageRequest.encoded(queue))/dead/delete", ["ids": [.string(id)]])
    guard answer["deleted"]?.integer == 1 else { throw APIError(.conflict, "It is not dead.") }
  }
}
