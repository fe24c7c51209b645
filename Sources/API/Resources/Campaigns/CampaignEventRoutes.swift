import Campaigns
import Contacts
import Hummingbird
import Postgres
import Query

/// Events of campaigns, and their log entries for a contact (API page, 8.4).
struct CampaignEventRoutes: Sendable {
  let campaigns: Campaigns
  let contacts: ContactStore
  let pageCap: Int

  var routes: [Route] {
    [
      Route(.get, "/api/campaigns/events", needs: .on(.campaigns, .view)) { try await list($0) }
        .described(
          "List events of campaigns", query: "@list @view",
          answer: "total:integer events:CampaignEvent[]"),
      Route(.get, "/api/campaigns/events/{id}", needs: .on(.campaignEvent, .view)) {
        try await one($0)
      }.described("Get one event", query: "@view", answer: "event:CampaignEvent"),
      Route(
        .get, "/api/campaigns/events/contact/{cid}",
        needs: .on(.campaigns, .view).and(.on(.contact, .view, "cid"))
      ) { try await log($0) }.described(
        "What campaigns did for a contact", query: "@list", answer: "total:integer events:list"),
      Route(
        .get, "/api/campaigns/{id}/events/contact/{cid}",
        needs: .on(.campaign, .view).and(.on(.contact, .view, "cid"))
      ) { try await events($0) }.described(
        "What a campaign did for a contact",
        answer: "total:integer events:CampaignEvent[] campaign:object membership:list"),
      Route(
        .put, "/api/campaigns/events/{id}/contact/{cid}/edit",
        needs: .on(.campaignEvent, .view).and(.on(.contact, .edit, "cid"))
      ) { try await edit($0) }.described(
        "Change what is planned for a contact",
        body: """
          triggerDate:date dateTriggered:date ipAddress:text metadata:any nonActionPathTaken:truth \
          channel:text channelId:integer
          """, answer: "event:CampaignEvent", statuses: [200, 201]),
      Route(
        .put, "/api/campaigns/events/batch/edit",
        needs: .on(.campaigns, .view).and(.on(.contacts, .edit))
      ) { try await editBatch($0) }.described(
        "Change what is planned for many contacts",
        items: """
          eventId:integer contactId:integer triggerDate:date dateTriggered:date ipAddress:text \
          metadata:any nonActionPathTaken:truth channel:text channelId:integer
          """, answer: "events:CampaignEvent[] errors:any"),
      Route(
        .delete, "/api/campaigns/events/{id}/contact/{cid}",
        needs: .on(.campaignEvent, .view).and(.on(.contact, .edit, "cid"))
      ) { request in
        try await campaigns.log.cancel(try request.id, contact: try request.pathID("cid"))
        return APIResponse(json: ["success": 1])
      }.described("Cancel what is planned for a contact", answer: "success:any"),
    ]
  }

  // MARK: Events

  private func list(_ request: APIRequest) async throws -> APIResponse {
    let page = try await request.page(of: .campaignEvents, cap: pageCap) {
      paging, condition, order in
      try await campaigns.store.events(
        start: paging.start, limit: paging.limit, where: condition, order: order)
    }
    let owners = try await owners(page.events.map(\.campaign))
    let view = EntityView(request.query, minimal: nil)
    return APIResponse(json: [
      "total": .int(page.total),
      "events": .array(
        page.events.compactMap { event, campaign in
          owners[campaign].map { view.apply(to: Self.json(event, $0)) }
        }),
    ])
  }

  private func one(_ request: APIRequest) async throws -> APIResponse {
    let id = try request.id
    guard
      let found = try await campaigns.store.events(start: 0, limit: 1, where: "e.id = \(id)")
        .events.first, let campaign = try await campaigns.store.campaign(found.campaign)
    else { throw APIError.notFound }
    let view = EntityView(request.query, minimal: nil)
    return APIResponse(json: ["event": view.apply(to: Self.json(found.event, campaign))])
  }

  /// An event with its campaign.
  private static func json(_ event: CampaignEvent, _ campaign: Campaign) -> JSONValue {
    var object = CampaignEventsView(campaign).object(event)
    object.append("campaign", JSONValue(short: campaign))
    return .object(object)
  }

  private func owners(_ ids: [Int64]) async throws -> [Int64: Campaign] {
    let ids = Set(ids).sorted()
    guard !ids.isEmpty else { return [:] }
    let page = try await campaigns.store.page(
      start: 0, limit: ids.count, where: "campaigns.id = ANY (\(ids))")
    return Dictionary(page.campaigns.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
  }

  // MARK: The log

  private func log(_ request: APIRequest) async throws -> APIResponse {
    let contact = try await known(request)
    let paging = Paging(request.query, cap: pageCap)
    let wanted = try request.list
    let isOrdered = try !ListQuery.campaignLog.orders(wanted).isEmpty
    let page = try await campaigns.logStore.page(
      of: contact, start: paging.start, limit: paging.limit,
      where: try ListQuery.campaignLog.condition(wanted),
      order: isOrdered ? try ListQuery.campaignLog.order(wanted) : nil)
    let owners = try await owners(page.entries.map(\.campaign))
    return APIResponse(json: [
      "total": .int(page.total),
      "events": .array(
        page.entries.map { entry in
          let owner = owners[entry.campaign]
          let event = owner?.events.first { $0.id == entry.event }
          var object: JSONObject = [
            "event": event.map { .object(CampaignEventsView.plain($0)) }
              ?? ["id": .int(Int(entry.event))],
            "campaign": owner.map(JSONValue.init(short:)) ?? ["id": .int(Int(entry.campaign))],
          ]
          for member in Self.entry(entry).members { object.append(member.key, member.value) }
          return .object(object)
        }),
    ])
  }

  /// All events of the campaign, with their log entries, if any (quirk 14).
  private func events(_ request: APIRequest) async throws -> APIResponse {
    guard let campaign = try await campaigns.store.campaign(try request.id) else {
      throw APIError.notFound
    }
    let contact = try await known(request)
    guard let member = try await campaigns.memberStore.member(contact, of: campaign.id) else {
      throw APIError.conflict("The contact \(contact) is not in the campaign \(campaign.id).")
    }
    let entries = try await campaigns.logStore.entries(of: contact, in: campaign.id)
    let byEvent = Dictionary(grouping: entries.filter(Self.isShown), by: \.event)
    let view = CampaignEventsView(campaign)
    let events = campaign.events.map { event -> JSONValue in
      var object = view.object(event)
      object.append(
        "contactLog", .array((byEvent[event.id] ?? []).map { .object(Self.entry($0)) }))
      return .object(object)
    }
    return APIResponse(json: [
      "total": .int(events.count), "events": .array(events),
      "campaign": JSONValue(short: campaign),
      "membership": [
        [
          "dateAdded": JSONValue(member.dateAdded), "manuallyRemoved": .bool(!member.isActive),
          "manuallyAdded": .bool(member.isManual), "rotation": .int(member.rotation),
          "dateLastExited": JSONValue(member.dateLastExited),
        ]
      ],
    ])
  }

  /// Whether an entry is shown: not if it is an open decision, for which nothing has happened yet,
  /// or cancelled.
  private static func isShown(_ entry: LogEntry) -> Bool {
    entry.state != .waiting && entry.state != .cancelled
  }

  /// An entry of the log; the reason for having no effect is in its metadata, as in Mautic.
  static func entry(_ entry: LogEntry) -> JSONObject {
    var metadata = JSONObject()
    if case .object(let members)? = entry.metadata.map(JSONValue.init(kept:)) { metadata = members }
    if let error = entry.error ?? entry.note { metadata["errors"] = .string(error) }
    if entry.state == .failed { metadata["failed"] = 1 }
    if let reason = entry.cancelReason { metadata["reason"] = .string(reason) }
    return [
      "ipAddress": entry.ipAddress.map { ["ipAddress": .string($0)] } ?? .null,
      "dateTriggered": JSONValue(entry.executed), "isScheduled": .bool(entry.isScheduled),
      "triggerDate": JSONValue(entry.isScheduled ? entry.fire : nil),
      "metadata": metadata.isEmpty ? [] : .object(metadata),
      "nonActionPathTaken": .bool(entry.path == false), "channel": JSONValue(entry.channel),
      "channelId": JSONValue(entry.channelID), "rotation": .int(entry.rotation),
    ]
  }

  private func known(_ request: APIRequest) async throws -> Int64 {
    let contact = try request.pathID("cid")
    guard try await contacts.exists(contact) else { throw APIError.notFound }
    return contact
  }

  // MARK: Changing entries

  private func edit(_ request: APIRequest) async throws -> APIResponse {
    let (event, contact) = (try request.id, try request.pathID("cid"))
    let wanted = try EntryChange(try await request.parameters())
    let (entity, isNew) = try await change(event, contact, wanted)
    return APIResponse(status: isNew ? .created : .ok, json: ["event": entity])
  }

  private func change(
    _ event: Int64, _ contact: Int64, _ change: EntryChange
  ) async throws -> (entity: JSONValue, isNew: Bool) {
    guard try await contacts.exists(contact) else { throw APIError.notFound }
    let isNew = try await campaigns.log.change(event, contact: contact, change)
    guard
      let found = try await campaigns.store.events(start: 0, limit: 1, where: "e.id = \(event)")
        .events.first, let campaign = try await campaigns.store.campaign(found.campaign)
    else { throw APIError.notFound }
    var object = CampaignEventsView(campaign).object(found.event)
    let entry = try await campaigns.logStore.entry(event, contact: contact)
    object.append("contactLog", .array(entry.map { [.object(Self.entry($0))] } ?? []))
    return (.object(object), isNew)
  }

  /// Changes each item independently; one that fails does not affect the others (CAM-706).
  private func editBatch(_ request: APIRequest) async throws -> APIResponse {
    guard let items = try await request.parameters().elements else {
      throw APIError.badRequest("The body must be an array of events.")
    }
    guard items.count <= 200 else {
      throw APIError(.internalServerError, "A max of 200 entities can be processed in one request.")
    }
    var events: [JSONValue] = []
    var errors: [(position: Int, error: APIError)] = []
    for (position, item) in items.enumerated() {
      do {
        guard let event = item["eventId"]?.integer, let contact = item["contactId"]?.integer else {
          throw APIError.badRequest("An item names a contactId and an eventId.")
        }
        try await request.require(.campaignEvent, .view, Int64(event))
        try await request.require(.contact, .edit, Int64(contact))
        events.append(
          try await change(Int64(event), Int64(contact), try EntryChange(item)).entity)
      } catch {
        errors.append((position, ErrorMapping.apiError(for: error, logger: request.logger)))
      }
    }
    var object: JSONObject = ["events": .array(events)]
    if !errors.isEmpty { object.append("errors", APIError.json(byPosition: errors)) }
    return APIResponse(json: .object(object))
  }
}
