import Campaigns
import Contacts
import Foundation
import Hummingbird
import Query

/// Members of campaigns (API page, 8.4), and the campaigns of a contact (8.2).
struct CampaignMemberRoutes: Sendable {
  let campaigns: Campaigns
  let contacts: ContactStore
  let pageCap: Int

  var routes: [Route] {
    let add: Route.Handler = { try await change($0, adds: true) }
    let remove: Route.Handler = { try await change($0, adds: false) }
    return [
      action("/api/campaigns/{id}/contact/{cid}/add", add),
      action("/api/campaigns/{id}/contact/{cid}/remove", remove),
      action("/api/campaigns/{id}/contact/add/{cid}", add),
      action("/api/campaigns/{id}/contact/remove/{cid}", remove),
      Route(
        .get, "/api/campaigns/{id}/contacts",
        needs: .on(.campaign, .view).and(.on(.contacts, .view))
      ) { try await rows($0) }.described(
        "List the members of a campaign as raw rows", query: "@list",
        answer: "total:text contacts:list"),
      Route(
        .get, "/api/campaigns/{id}/members", needs: .on(.campaign, .view).and(.on(.contacts, .view))
      ) { try await members($0) }.described(
        "List the members of a campaign", query: "@list", answer: "total:integer members:list"),
      Route(
        .get, "/api/contacts/{id}/campaigns",
        needs: .on(.contact, .view)
      ) { try await campaigns(of: $0) }.described(
        "List the campaigns of a contact", answer: "total:integer campaigns:map"),
    ]
  }

  private func action(_ path: String, _ handler: @escaping Route.Handler) -> Route {
    Route(
      .post, path, needs: .on(.campaign, .view).and(.on(.contact, .edit, "cid")),
      takesIdempotencyKey: true, handler
    ).described("Add a contact to a campaign or remove it", answer: "success:any")
  }

  private func change(_ request: APIRequest, adds: Bool) async throws -> APIResponse {
    let campaign = try request.id
    let contact = try request.pathID("cid")
    if adds {
      try await campaigns.members.add([contact], to: campaign)
    } else {
      try await campaigns.members.remove([contact], from: campaign)
    }
    return APIResponse(json: ["success": 1])
  }

  /// Raw rows of the table, all values strings.
  private func rows(_ request: APIRequest) async throws -> APIResponse {
    let campaign = try await known(request)
    let paging = Paging(request.query, cap: pageCap, standard: 100)
    let wanted = try request.list
    let page = try await campaigns.memberStore.page(
      of: campaign, start: paging.start, limit: paging.limit,
      where: try ListQuery.campaignMembers.condition(wanted),
      order: try ListQuery.campaignMembers.order(wanted))
    return APIResponse(json: [
      "total": .string(String(page.total)),
      "contacts": .array(
        page.members.map { member in
          [
            "campaign_id": .string(String(member.campaign)),
            "lead_id": .string(String(member.contact)),
            "date_added": .string(WireDate.row(member.dateAdded)),
            "date_last_exited": JSONValue(member.dateLastExited.map(WireDate.row)),
            "manually_removed": "0", "manually_added": member.isManual ? "1" : "0",
            "rotation": .string(String(member.rotation)),
          ]
        }),
    ])
  }

  /// The members with their progress (CAM-804); Martlet's own.
  private func members(_ request: APIRequest) async throws -> APIResponse {
    let campaign = try await known(request)
    let paging = Paging(request.query, cap: pageCap)
    let wanted = try request.list
    let page = try await campaigns.memberStore.progress(
      of: campaign, start: paging.start, limit: paging.limit,
      where: try ListQuery.campaignMembers.condition(wanted),
      order: try ListQuery.campaignMembers.order(wanted))
    return APIResponse(json: [
      "total": .int(page.total),
      "members": .array(
        page.members.map { item in
          [
            "contactId": .int(Int(item.member.contact)),
            "dateAdded": JSONValue(item.member.dateAdded),
            "manuallyAdded": .bool(item.member.isManual), "rotation": .int(item.member.rotation),
            "finished": .bool(item.isFinished), "waiting": .bool(item.isWaiting),
            "nextFireTime": JSONValue(item.nextFire),
          ]
        }),
    ])
  }

  private func campaigns(of request: APIRequest) async throws -> APIResponse {
    let contact = try request.id
    guard try await contacts.exists(contact) else { throw APIError.notFound }
    let found = try await campaigns.memberStore.campaigns(of: contact)
    let entities = found.map { item -> (String, JSONValue) in
      let entity: JSONValue = [
        "id": .int(Int(item.id)), "name": .string(item.name),
        "dateAdded": JSONValue(item.member.dateAdded),
        "manuallyAdded": .bool(item.member.isManual), "manuallyRemoved": false,
        "listMembership": .array(item.segments.map { .int(Int($0)) }),
      ]
      return (String(item.id), entity)
    }
    return APIResponse(json: [
      "total": .int(entities.count),
      "campaigns": entities.isEmpty ? [] : .object(JSONObject(entities)),
    ])
  }

  private func known(_ request: APIRequest) async throws -> Int64 {
    guard try await campaigns.store.exists(try request.id) else { throw APIError.notFound }
    return try request.id
  }
}

extension APIRequest {
  /// Another id in the path.
  func pathID(_ name: String) throws(APIError) -> Int64 {
    guard let id = Int64(try pathText(name)) else { throw .unknownRoute }
    return id
  }
}

extension WireDate {
  /// An instant as rows of tables show it: `YYYY-MM-DD HH:MM:SS`, UTC.
  static func row(_ date: Date) -> String {
    String(format(date).prefix(19)).replacing("T", with: " ")
  }
}
