import Campaigns
import Contacts
import Foundation
import Hummingbird
import JobQueue

/// Operations on campaigns beyond the compatible endpoints (API page, 8.4, marked as ours), and copies.
struct CampaignOwnRoutes: Sendable {
  let resource: CampaignResource
  let contacts: ContactStore
  let jobs: JobClient
  let pageCap: Int

  private var campaigns: Campaigns { resource.campaigns }

  var routes: [Route] {
    [
      post("/api/campaigns/clone/{id}", .on(.campaign, .view).and(.on(.campaigns, .create))) {
        try await clone($0)
      }.described("Copy a campaign", answer: "campaign:Campaign"),
      post("/api/campaigns/{id}/trigger", .on(.campaign, .edit)) { try await trigger($0) }
        .described("Bring a campaign up to date", answer: "job:Job", statuses: [202]),
      post("/api/campaigns/{id}/statistics/repair", .on(.campaign, .edit)) { try await repair($0) }
        .described("Count the statistics of a campaign anew", answer: "job:Job", statuses: [202]),
      post("/api/campaigns/events/{id}/copy", .on(.campaignEvent, .view)) {
        try await copyEvent($0)
      }.described(
        "Copy an event into a campaign",
        body: "campaign:integer parent:reference decisionPath:text", answer: "event:CampaignEvent",
        statuses: [201]),
      Route(.get, "/api/campaigns/{id}/stats", needs: .on(.campaign, .view)) {
        try await statistics($0)
      }.described("The statistics of a campaign", query: "@days", answer: "stats:object"),
      Route(.get, "/api/campaigns/figures", needs: .on(.campaigns, .view)) {
        try await figures($0)
      }.described("Figures of several campaigns", query: "ids:text", answer: "figures:map"),
      Route(
        .get, "/api/campaigns/events/{id}/contacts",
        needs: .on(.campaignEvent, .view).and(.on(.contacts, .view))
      ) { try await contacts(at: $0) }.described(
        "Who waits at an event, and for whom it failed", query: "@page state:text",
        answer: "total:integer contacts:list"),
      Route(
        .get, "/api/campaigns/{id}/contact/{cid}/progress",
        needs: .on(.campaign, .view).and(.on(.contact, .view, "cid"))
      ) { try await progress($0) }.described(
        "The way of a contact through a campaign", query: "all:truth", answer: "progress:object"),
      Route(
        .get, "/api/campaigns/upcoming", needs: .on(.campaigns, .view).and(.on(.contacts, .view))
      ) { try await upcoming($0) }.described(
        "What campaigns will do next", query: "@page", answer: "events:list"),
    ]
  }

  private func post(
    _ path: String, _ needs: Requirement, _ handler: @escaping Route.Handler
  ) -> Route {
    Route(.post, path, needs: needs, takesIdempotencyKey: true, handler)
  }

  private func open(_ request: APIRequest) async throws -> Campaign {
    guard let campaign = try await campaigns.store.campaign(try request.id) else {
      throw APIError.notFound
    }
    return campaign
  }

  private func answer(_ campaign: Campaign) async throws -> APIResponse {
    APIResponse(json: ["campaign": JSONValue(try await resource.view(campaign))])
      .with(.location, "/api/campaigns/\(campaign.id)")
  }

  // MARK: Copies

  private func clone(_ request: APIRequest) async throws -> APIResponse {
    guard
      let copy = try await campaigns.editor.clone(
        try request.id, by: try request.requiredUser.author)
    else { throw APIError.notFound }
    return try await answer(copy)
  }

  private func copyEvent(_ request: APIRequest) async throws -> APIResponse {
    var members = Members(try await request.parameters())
    let campaign = members.integer("campaign")
    let parent = members.reference("parent") ?? nil
    let path = members.text("decisionPath")
    try members.finish()
    guard
      let found = try await campaigns.store.events(
        start: 0, limit: 1, where: "e.id = \(try request.id)"
      ).events.first
    else { throw APIError.notFound }
    let target = campaign.map(Int64.init) ?? found.campaign
    try await request.require(.campaign, .edit, target)
    guard
      let copy = try await campaigns.editor.copy(
        event: found.event.id, to: target, under: parent,
        path: path, by: try request.requiredUser.author),
      let event = copy.campaign.events.first(where: { $0.id == copy.event })
    else { throw APIError.notFound }
    var object = CampaignEventsView(copy.campaign).object(event)
    object.append("campaign", JSONValue(short: copy.campaign))
    return APIResponse(status: .created, json: ["event": .object(object)])
      .with(.location, "/api/campaigns/events/\(event.id)")
  }

  // MARK: Work

  private func trigger(_ request: APIRequest) async throws -> APIResponse {
    let campaign = try await open(request)
    guard let job = try await campaigns.update(campaign.id) else {
      throw APIError.conflict("The campaign is not live: nobody is added and nothing fires.")
    }
    return try await accepted(job)
  }

  private func repair(_ request: APIRequest) async throws -> APIResponse {
    try await accepted(try await campaigns.repairStatistics(of: try await open(request).id))
  }

  private func accepted(_ id: JobID) async throws -> APIResponse {
    guard let job = try await jobs.job(id) else { throw APIError.notFound }
    return APIResponse(status: .accepted, json: ["job": JSONValue(job)])
      .with(.location, "/api/jobs/\(id)")
  }

  // MARK: Numbers

  /// CAM-801 to CAM-803. `dateFrom` and `dateTo` are days in UTC; the last 30 by default.
  private func statistics(_ request: APIRequest) async throws -> APIResponse {
    let campaign = try await open(request)
    let last = try request.day("dateTo") ?? jobs.clock.now
    let first = try request.day("dateFrom") ?? last.addingTimeInterval(-29 * 86_400)
    guard first <= last, last.timeIntervalSince(first) < Double(CampaignDays.maximum - 1) * 86_400
    else {
      throw APIError.validation([
        (
          "dateFrom",
          ["It must not be after dateTo, and less than \(CampaignDays.maximum) days before it."]
        )
      ])
    }
    let numbers = try await campaigns.statistics.numbers(of: campaign.id)
    let days = try await campaigns.statistics.days(of: campaign.id, from: first, to: last)
    func list(_ values: [Int]) -> JSONValue { .array(values.map { .int($0) }) }
    let events = campaign.events.map { event -> JSONValue in
      let count = numbers.events[event.id] ?? EventNumbers()
      let branches = event.kind != .action
      let decided = count.yes + count.no
      return [
        "id": .int(Int(event.id)), "name": .string(event.name), "type": .string(event.type),
        "eventType": .string(event.kind.rawValue), "executed": .int(count.executed),
        "yes": .int(count.yes), "no": .int(count.no), "scheduled": .int(count.scheduled),
        "failed": .int(count.failed),
        "percent": branches
          ? .null : .double(EventNumbers.percent(count.executed, of: numbers.members)),
        "yesPercent": branches ? .double(EventNumbers.percent(count.yes, of: decided)) : .null,
        "noPercent": branches ? .double(EventNumbers.percent(count.no, of: decided)) : .null,
        "executedByDay": list(
          days.executed[event.id] ?? Array(repeating: 0, count: days.days.count)),
      ]
    }
    return APIResponse(json: [
      "stats": [
        "members": .int(numbers.members), "events": .array(events),
        "labels": .array(days.days.map(JSONValue.string)), "added": list(days.added),
        "removed": list(days.removed),
      ]
    ])
  }

  /// The most campaigns whose figures are answered at once.
  private static let mostFigures = 200

  /// The figures by id, of those of `ids` that the user may see.
  private func figures(_ request: APIRequest) async throws -> APIResponse {
    let ids = (request.query["ids"]?.commaList ?? []).compactMap { Int64($0.trimmingBlanks) }
    guard ids.count <= Self.mostFigures else {
      throw APIError.badRequest("ids: at most \(Self.mostFigures) in one request.")
    }
    let permitted = try await request.permitted(ids, .campaign, .view)
    let found = try await campaigns.statistics.figures(of: permitted.sorted())
    let figures = found.sorted { $0.key < $1.key }.map { id, figures -> (String, JSONValue) in
      (
        String(id),
        [
          "members": .int(figures.members), "failed": .int(figures.failed),
          "nextFireTime": JSONValue(figures.nextFire),
        ]
      )
    }
    return APIResponse(json: ["figures": figures.isEmpty ? [] : .object(JSONObject(figures))])
  }

  /// The contacts that wait at an event; with `state` `failed` those for whom it was given up.
  private func contacts(at request: APIRequest) async throws -> APIResponse {
    let paging = Paging(request.query, cap: min(pageCap, 1_000))
    let state = request.query["state"]?.text ?? "waiting"
    guard ["waiting", "failed"].contains(state) else {
      throw APIError.validation([("state", ["It is waiting or failed."])])
    }
    guard
      let found = try await campaigns.store.events(
        start: 0, limit: 1, where: "e.id = \(try request.id)"
      ).events.first
    else { throw APIError.notFound }
    let page = try await campaigns.logStore.page(
      at: found.event.id, isFailed: state == "failed",
      owner: try request.ownLimit(.contacts, .view), start: paging.start, limit: paging.limit)
    return APIResponse(json: [
      "total": .int(page.total),
      "contacts": .array(
        page.entries.map { entry in
          guard case .object(var object) = Self.entry(entry, found.event) else { return .null }
          object.append("contactId", .int(Int(entry.contact)))
          return .object(object)
        }),
    ])
  }

  /// A contact's past and expected events in order (CAM-805); with `all` of earlier rotations too.
  private func progress(_ request: APIRequest) async throws -> APIResponse {
    let campaign = try await open(request)
    let contact = try request.pathID("cid")
    guard try await contacts.exists(contact) else { throw APIError.notFound }
    guard let member = try await campaigns.memberStore.member(contact, of: campaign.id) else {
      throw APIError.conflict("The contact \(contact) is not in the campaign \(campaign.id).")
    }
    let isWhole = request.query["all"]?.truth == true
    let entries = try await campaigns.logStore.entries(
      of: contact, in: campaign.id, rotation: isWhole ? nil : member.rotation)
    return APIResponse(json: [
      "progress": [
        "contactId": .int(Int(contact)), "campaign": JSONValue(short: campaign),
        "active": .bool(member.isActive), "rotation": .int(member.rotation),
        "dateAdded": JSONValue(member.dateAdded),
        "dateLastExited": JSONValue(member.dateLastExited),
        "entries": .array(
          entries.map { entry in
            Self.entry(entry, campaign.events.first { $0.id == entry.event })
          }),
      ]
    ])
  }

  /// The next entries of all live campaigns (CAM-806).
  private func upcoming(_ request: APIRequest) async throws -> APIResponse {
    let paging = Paging(request.query, cap: min(pageCap, 1_000))
    guard paging.start <= 10_000 else {
      throw APIError.validation([("start", ["\(paging.start) is more than 10000"])])
    }
    let entries = try await campaigns.logStore.upcoming(
      after: jobs.clock.now, owner: try request.ownLimit(.contacts, .view),
      creator: try request.ownLimit(.campaigns, .view), start: paging.start, limit: paging.limit)
    let ids = Set(entries.map(\.campaign)).sorted()
    let owners = try await campaigns.store.page(
      start: 0, limit: max(1, ids.count), where: "campaigns.id = ANY (\(ids))"
    ).campaigns
    return APIResponse(json: [
      "events": .array(
        entries.map { entry in
          let owner = owners.first { $0.id == entry.campaign }
          guard
            case .object(var object) = Self.entry(
              entry, owner?.events.first { $0.id == entry.event })
          else { return .null }
          object.append("contactId", .int(Int(entry.contact)))
          object.append("campaign", owner.map(JSONValue.init(short:)) ?? .null)
          return .object(object)
        })
    ])
  }

  private static func entry(_ entry: LogEntry, _ event: CampaignEvent?) -> JSONValue {
    [
      "eventId": .int(Int(entry.event)), "name": JSONValue(event?.name),
      "type": JSONValue(event?.type), "eventType": JSONValue(event?.kind.rawValue),
      "rotation": .int(entry.rotation), "state": .string(entry.state.name),
      "path": JSONValue(entry.path.map { $0 ? "yes" : "no" }),
      "triggerDate": JSONValue(entry.fire), "dateTriggered": JSONValue(entry.executed),
      "attempts": .int(entry.attempts), "pinned": .bool(entry.isPinned),
      "note": JSONValue(entry.note), "error": JSONValue(entry.error),
      "cancelReason": JSONValue(entry.cancelReason),
    ]
  }
}
