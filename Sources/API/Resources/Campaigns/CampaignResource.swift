import Campaigns
import Forms
import Hummingbird
import Postgres
import Query
import Segments
import Users

/// `/api/campaigns`: the ten standard endpoints (API page, 8.4).
struct CampaignResource: StandardResource {
  let campaigns: Campaigns
  let segments: SegmentStore
  let forms: FormStore
  let pageCap: Int

  let path = "/api/campaigns"
  let areas = [PermissionArea.campaigns]
  let record: OwnedRecord? = .campaign
  let names = (one: "campaign", many: "campaigns")
  let shape = ListShape.keyedByID()
  let minimalMembers: Set<String>? = [
    "isPublished", "dateAdded", "dateModified", "createdBy", "createdByUser", "modifiedBy",
    "modifiedByUser", "id", "name", "category", "description",
  ]

  var entitySchema: Schema {
    """
    @published id:id name:text category:ShortCategory? description:text? allowRestart:truth publishUp:date? \
    publishDown:date? events:CampaignEvent[] forms:list lists:list canvasSettings:map version:integer \
    warnings:list
    """
  }
  var required: [String] { ["name", "events"] }
  var example: JSONObject? {
    [
      "name": "Welcome", "isPublished": false, "lists": [["id": 1]],
      "events": [
        [
          "id": "new1", "name": "Points", "type": "lead.changepoints", "eventType": "action",
          "triggerMode": "immediate", "properties": ["points": 1],
        ]
      ],
    ]
  }
  func readBody(_ body: JSONValue) throws { _ = try CampaignInput(body, isWhole: false) }

  func list(_ request: APIRequest) async throws -> (entities: [CampaignView], total: Int) {
    let page = try await request.page(of: .campaigns, cap: pageCap) { paging, condition, order in
      try await campaigns.store.page(
        start: paging.start, limit: paging.limit, where: condition, order: order)
    }
    let sources = try await sources(of: page.campaigns)
    let views = page.campaigns.map {
      CampaignView(campaign: $0, segments: sources.segments, forms: sources.forms)
    }
    return (views, page.total)
  }

  func find(_ id: Int64, _ request: APIRequest) async throws -> CampaignView? {
    guard let campaign = try await campaigns.store.campaign(id) else { return nil }
    return try await view(campaign)
  }

  /// Published unless the body says otherwise, like all entities of the contract.
  func create(
    _ body: JSONValue, _ request: APIRequest
  ) async throws -> (entity: CampaignView, isNew: Bool) {
    (try await make(try CampaignInput(body, isWhole: false), request), true)
  }

  func createMissing(_ body: JSONValue, _ request: APIRequest) async throws -> CampaignView {
    try await make(try CampaignInput(body, isWhole: true), request)
  }

  private func make(_ input: CampaignInput, _ request: APIRequest) async throws -> CampaignView {
    var input = input
    input.isPublished = input.isPublished ?? true
    // No version of a missing campaign was read.
    let showsVersion = input.version != nil
    input.version = nil
    var view = try await view(
      try await campaigns.editor.create(input, by: try request.requiredUser.author))
    view.showsVersion = showsVersion
    return view
  }

  func update(
    _ id: Int64, _ body: JSONValue, replacing: Bool, _ request: APIRequest
  ) async throws -> CampaignView? {
    var input = try CampaignInput(body, isWhole: replacing)
    if replacing { input.isPublished = input.isPublished ?? true }
    guard
      let campaign = try await campaigns.editor.update(
        id, input, replacing: replacing, by: try request.requiredUser.author)
    else { return nil }
    var view = try await view(campaign)
    view.showsVersion = input.version != nil
    return view
  }

  func delete(_ id: Int64, _ request: APIRequest) async throws -> CampaignView? {
    guard
      let campaign = try await campaigns.editor.delete(id, by: try request.requiredUser.author)
    else { return nil }
    let sources = try await sources(of: [campaign])
    return CampaignView(
      campaign: campaign, segments: sources.segments, forms: sources.forms,
      warnings: try await campaigns.uses(ofDeleted: campaign))
  }

  func id(of view: CampaignView) -> Int64 { view.campaign.id }

  func json(_ view: CampaignView, _ request: APIRequest) -> JSONValue { JSONValue(view) }

  /// A campaign with everything that an answer about a single one shows.
  func view(_ campaign: Campaign) async throws -> CampaignView {
    let sources = try await sources(of: [campaign])
    return CampaignView(
      campaign: campaign, segments: sources.segments, forms: sources.forms,
      warnings: try await campaigns.warnings(about: campaign))
  }

  private func sources(
    of campaigns: [Campaign]
  ) async throws -> (segments: [Int64: Segment], forms: [Int64: Form]) {
    func ids(_ kind: CampaignSource.Kind) -> [Int64] {
      Set(campaigns.flatMap(\.sources).filter { $0.kind == kind }.map(\.id)).sorted()
    }
    let forms = try await forms.forms(ids(.form))
    let wanted = ids(.segment)
    guard !wanted.isEmpty else { return ([:], forms) }
    let page = try await segments.page(
      where: "s.id = ANY (\(wanted))", order: "ORDER BY s.id", start: 0, limit: wanted.count)
    let segments = Dictionary(
      page.segments.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    return (segments, forms)
  }
}
