import JobQueue
import Mail
import Postgres

/// Figures of an e-mail beside its statistics (API page, 8.12, marked as ours).
struct EmailFigureRoutes: Sendable {
  let emails: EmailStore
  let postgres: PostgresPool
  let clock: WallClock

  var routes: [Route] {
    [
      Route(.get, "/api/emails/{id}/domains", needs: .on(.email, .view)) { try await domains($0) }
        .described(
          "The statistics of an e-mail by the domains of its recipients", answer: "domains:any"),
      Route(.get, "/api/emails/{id}/progress", needs: .on(.email, .view)) {
        try await progress($0)
      }.described("How far an e-mail has been sent", answer: "progress:object"),
    ]
  }

  private func domains(_ request: APIRequest) async throws -> APIResponse {
    guard let email = try await emails.email(try request.id) else { throw APIError.notFound }
    let domains = try await EmailDomain.read(email.id, on: postgres)
    return APIResponse(json: [
      "domains": .array(
        domains.map {
          [
            "domain": .string($0.domain), "sent": .int($0.sent),
            "readByPeople": .int($0.readByPeople), "clickedByPeople": .int($0.clickedByPeople),
            "unsubscribed": .int($0.unsubscribed), "bounced": .int($0.bounced),
            "failed": .int($0.failed),
          ]
        })
    ])
  }

  private func progress(_ request: APIRequest) async throws -> APIResponse {
    guard
      let progress = try await EmailProgress.read(
        try request.id, now: clock.now, on: postgres)
    else { throw APIError.notFound }
    return APIResponse(json: [
      "progress": [
        "state": .string(progress.state.rawValue), "queued": .int(progress.queued),
        "held": .int(progress.held), "sent": .int(progress.sent), "failed": .int(progress.failed),
      ]
    ])
  }
}
