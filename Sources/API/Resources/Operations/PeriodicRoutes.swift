import JobQueue

/// `/api/periodic` (API page, 11.5): the jobs that schedulers enqueue at regular times.
struct PeriodicRoutes: Sendable {
  let services: OperatorServices
  let jobs: JobClient

  var routes: [Route] {
    [
      Route(.get, "/api/periodic", needs: .administrator) { _ in
        let states = try await jobs.status(of: services.periodic)
        let span = try await jobs.figures(.tenMinutes)
        return APIResponse(json: [
          "total": .int(states.count),
          "periodic": .array(
            states.map { state in
              JSONValue(
                state, span.jobs.first { $0.name == state.job && $0.queue == state.queue })
            }),
        ])
      }.described("List periodic jobs", answer: "total:integer periodic:list"),
      Route(
        .post, "/api/periodic/{name:text}/run", needs: .administrator, takesIdempotencyKey: true
      ) { request in
        let name = try request.pathText("name")
        guard let job = services.periodic.first(where: { $0.name == name }) else {
          throw APIError.notFound
        }
        try await jobs.start(job)
        return APIResponse(json: ["success": 1])
      }.described("Enqueue a periodic job at once, beside its schedule", answer: "success:any"),
    ]
  }
}

extension JSONValue {
  /// - Parameter figures: What jobs of its kind did in the last day; nil for nothing.
  fileprivate init(_ state: PeriodicStatus, _ figures: JobFigures?) {
    self = [
      "name": .string(state.name), "type": .string(state.job), "queue": .string(state.queue),
      "everySeconds": state.interval.map { .double($0) } ?? .null, "cron": JSONValue(state.cron),
      "dateLast": JSONValue(state.lastSlot), "dateNext": JSONValue(state.nextSlot),
      "overdueSeconds": .double(state.overdue), "aheadSeconds": .double(state.ahead),
      "onTime": .bool(!state.isFaulty), "doneInDay": .int(figures?.done.reduce(0, +) ?? 0),
      "failedInDay": .int(figures?.failed.reduce(0, +) ?? 0),
      "meanSeconds": figures?.meanSeconds.map { .double($0) } ?? .null,
      "seconds95": figures?.seconds(within: 0.95).map { .double($0) } ?? .null,
    ]
  }
}
