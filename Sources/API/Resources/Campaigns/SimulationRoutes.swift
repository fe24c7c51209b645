import Campaigns
import Hummingbird
import JobQueue

/// Simulations of campaigns (API page, 8.4, marked as ours).
struct SimulationRoutes: Sendable {
  let simulator: CampaignSimulator
  let clock: WallClock

  var routes: [Route] {
    [
      Route(
        .post, "/api/campaigns/{id}/simulate",
        needs: .on(.campaign, .view).and(.on(.contacts, .view))
      ) { try await simulate($0, try $0.id) }.described(
        "Simulate a campaign", body: "*", answer: "simulation:object"),
      Route(
        .post, "/api/campaigns/simulate", needs: .on(.campaigns, .view).and(.on(.contacts, .view))
      ) { try await simulate($0, nil) }.described(
        "Simulate a campaign that is not saved", body: "*", answer: "simulation:object"),
    ]
  }

  private func simulate(_ request: APIRequest, _ campaign: Int64?) async throws -> APIResponse {
    let body = try await request.parameters()
    let wanted = try SimulationRequest(json: body.kept, campaign: campaign, now: clock.now)
    let contacts = wanted.realContacts
    guard try await request.permitted(contacts, .contact, .view).isSuperset(of: contacts) else {
      throw APIError.forbidden
    }
    let report = try await simulator.run(wanted)
    return APIResponse(json: ["simulation": JSONValue(report)])
  }
}

extension JSONValue {
  /// The result of a simulation.
  init(_ report: SimulationReport) {
    self = .object([
      "campaign": report.campaign.map { .int(Int($0)) } ?? .null,
      "start": JSONValue(report.start), "until": JSONValue(report.end),
      "isCutOff": .bool(report.isCutOff),
      "contacts": .array(report.journeys.map(JSONValue.init(journey:))),
      "emails": .array(
        report.mails.map { mail in
          .object([
            "contact": .int(mail.place), "email": .int(Int(mail.email)),
            "address": mail.address.map(JSONValue.string) ?? .null, "date": JSONValue(mail.at),
            "state": .string(mail.state),
          ])
        }),
      "webhooks": .array(
        report.hooks.map { hook in
          .object([
            "contact": .int(hook.place), "event": .int(Int(hook.event)),
            "date": JSONValue(hook.at), "method": .string(hook.method), "url": .string(hook.url),
            "body": hook.body.map(JSONValue.string) ?? .null,
          ])
        }),
    ])
  }

  private init(journey: SimulationReport.Journey) {
    self = .object([
      "place": .int(journey.place), "contact": journey.contact.map { .int(Int($0)) } ?? .null,
      "isMember": .bool(journey.isMember),
      "entries": .array(
        journey.entries.map { step in
          .object([
            "event": .int(Int(step.event)), "name": .string(step.name),
            "type": .string(step.type), "rotation": .int(step.rotation),
            "state": .string(step.state),
            "path": step.path.map { .string($0 ? "yes" : "no") } ?? .null,
            "date": JSONValue(step.at), "note": step.note.map(JSONValue.string) ?? .null,
          ])
        }),
      "missing": .array(
        journey.missing.map { event in
          .object([
            "event": .int(Int(event.event)), "name": .string(event.name),
            "reason": .string(event.reason),
          ])
        }),
    ])
  }
}
