import API

/// The pages of campaigns.
enum CampaignPages {
  static var routes: [ConsoleRoute] {
    let own = ["/campaigns", "/campaigns/new", "/campaigns/{id}/edit", "/campaigns/{id}/clone"]
    return kind.routes.filter { !own.contains($0.path) } + drawing + records + membership
  }

  /// The canvas, and the form without it.
  private static var drawing: [ConsoleRoute] {
    [
      .get("/campaigns", needs: .on(.campaigns, .view)) { try await list($0) },
      .get("/campaigns/new", needs: .on(.campaigns, .create)) { try await CampaignDrawing.new($0) },
      .post("/campaigns/new", needs: .on(.campaigns, .create)) {
        try await CampaignBeginning.create($0)
      },
      .get("/campaigns/{id}/edit", needs: .on(.campaigns, .edit)) {
        try await CampaignDrawing.edit($0)
      },
      .get("/campaigns/{id}/settings", needs: .on(.campaigns, .edit)) {
        try await CampaignSettings.show($0)
      },
      .post("/campaigns/{id}/settings", needs: .on(.campaigns, .edit)) {
        try await CampaignSettings.save($0)
      },
      .get("/campaigns/import", needs: .on(.campaigns, .create)) {
        try await CampaignDocuments.form($0)
      },
      .post("/campaigns/import", needs: .on(.campaigns, .create), takesFile: true) {
        try await CampaignDocuments.load($0)
      },
    ]
  }

  private static var records: [ConsoleRoute] {
    [
      .get("/campaigns/{id}", needs: .on(.campaigns, .view)) { try await CampaignPage.show($0) },
      .get("/campaigns/{id}/versions", needs: .on(.campaigns, .view)) {
        try await CampaignVersions.show($0)
      },
      .get("/campaigns/{id}/export", needs: .on(.campaigns, .view)) {
        try await CampaignDocuments.export($0)
      },
      .post("/campaigns/{id}/clone", needs: .on(.campaigns, .create)) {
        try await CampaignDocuments.clone($0)
      },
      .post("/campaigns/{id}/trigger", needs: .on(.campaigns, .edit)) {
        try await CampaignDocuments.trigger($0)
      },
    ]
  }

  /// Who is in a campaign and who waits where; what would happen to somebody.
  private static var membership: [ConsoleRoute] {
    let seen = Requirement.on(.campaigns, .view).and(.on(.contacts, .view))
    let changed = Requirement.on(.campaigns, .view).and(.on(.contacts, .edit))
    return [
      .get("/campaigns/{id}/members", needs: seen) { try await CampaignMembers.show($0) },
      .post("/campaigns/{id}/members/{contact}/add", needs: changed) {
        try await CampaignMembers.change($0, adds: true)
      },
      .post("/campaigns/{id}/members/{contact}/remove", needs: changed) {
        try await CampaignMembers.change($0, adds: false)
      },
      .get("/campaigns/{id}/events/{event}", needs: seen) { try await CampaignEventPage.show($0) },
      .get("/campaigns/{id}/events/{event}/{contact}", needs: changed) {
        try await CampaignReschedule.show($0)
      },
      .post("/campaigns/{id}/events/{event}/{contact}", needs: changed) {
        try await CampaignReschedule.save($0)
      },
      .post("/campaigns/{id}/events/{event}/{contact}/cancel", needs: changed) {
        try await CampaignReschedule.cancel($0)
      },
      .get("/campaigns/{id}/simulate", needs: seen) { try await SimulationPage.show($0) },
      .post("/campaigns/{id}/simulate", needs: seen) { try await SimulationPage.run($0) },
    ]
  }

  /// The figures of a campaign.
  static var live: [LiveTopic] {
    [
      LiveTopic(path: "/campaigns/{id}", needs: .on(.campaigns, .view)) { page in
        let answer = try await page.get("campaigns/\(page.id)/stats")
        return CampaignFigures(answer["stats"] ?? [:]).live
      }
    ]
  }

  static let kind: RecordPages = {
    var kind = RecordPages(
      "campaigns", member: "campaign", area: .campaigns,
      nouns: .init(
        one: "Campaign", many: "Campaigns", none: "No campaigns yet",
        meaning:
          "A campaign takes contacts along a way of its own: it sends e-mails, waits for what they do, and goes on accordingly.",
        new: "New campaign"),
      columns: columns, fields: { _, _ in [] })
    kind.hasDetails = true
    kind.completed = withFigures
    return kind
  }()

  private static let importButton = Template(
    #"<a class="button" href="/console/campaigns/import">[icon:import][[Import]]</a>"#)

  /// The list, with a button for documents beside that for a new one.
  private static func list(_ page: PageRequest) async throws -> PageAnswer {
    let answer = try await RecordList(kind: kind, page: page)()
    guard case .page(var shown) = answer, page.may(.create, .campaigns) else { return answer }
    shown.actionsHTML = importButton([:], page.texts) + shown.actionsHTML
    return .page(shown)
  }

  /// The records with their figures, as `figures`.
  static func withFigures(_ rows: [JSONValue], _ page: PageRequest) async throws -> [JSONValue] {
    guard !rows.isEmpty else { return rows }
    let ids = rows.compactMap { $0["id"]?.text }.joined(separator: ",")
    let figures = try await page.get("campaigns/figures", ["ids": .string(ids)])["figures"]
    return rows.map { row in
      guard case .object(var object) = row, let id = row["id"]?.text else { return row }
      object["figures"] = figures?[id] ?? .null
      return .object(object)
    }
  }

  private static func columns(_ page: PageRequest) -> [Column] {
    let texts = page.texts
    return [
      RecordPages.name(page, path: "campaigns", hasDetails: true),
      Column(texts("Status"), order: "is_published") { status($0, $1) },
      Column(texts("Members"), .number) { $1.count($0["figures"]?["members"]) },
      Column(texts("Next due")) { due($0, $1) },
      Column(texts("Category"), .wide) { $1.plain($0["category"]?["title"]?.text) },
      Column(texts("Events"), .wide) { $1.count(.int($0["events"]?.elements?.count ?? 0)) },
      Column(texts("Last change"), order: "date_modified", .wide) { campaign, page in
        page.time(
          campaign["dateModified"] == .null ? campaign["dateAdded"] : campaign["dateModified"])
      },
    ]
  }

  /// When the next event fires; not of a campaign in which nothing does.
  private static func due(_ campaign: JSONValue, _ page: PageRequest) -> HTML {
    guard campaign["isPublished"]?.truth == true, !hasEnded(campaign, page) else {
      return page.muted("–")
    }
    let failed = campaign["figures"]?["failed"]?.integer ?? 0
    let time = page.time(campaign["figures"]?["nextFireTime"])
    guard failed > 0 else { return time }
    return time + HTML(trusted: " ")
      + page.badge(page.texts("{count} failed", ["count": page.formats.number(failed)]), .bad)
  }

  /// Whether a campaign is live, will be or was.
  static func status(_ campaign: JSONValue, _ page: PageRequest) -> HTML {
    let now = page.console.clock.now
    guard campaign["isPublished"]?.truth == true else { return page.published(campaign) }
    if let up = Formats.date(campaign["publishUp"]?.text ?? ""), up > now {
      return page.badge(page.texts("Begins later"), .info)
    }
    if hasEnded(campaign, page) { return page.badge(page.texts("Ended")) }
    return page.published(campaign)
  }

  /// Whether the time of a campaign is over.
  static func hasEnded(_ campaign: JSONValue, _ page: PageRequest) -> Bool {
    Formats.date(campaign["publishDown"]?.text ?? "").map { $0 <= page.console.clock.now } ?? false
  }
}
