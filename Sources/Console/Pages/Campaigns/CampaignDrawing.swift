import API

/// The canvas on which a campaign is drawn; where scripts do not run, a form and the events as text.
enum CampaignDrawing {
  private static let template = Template(
    #"""
    <campaign-canvas{{#id}} campaign-id="{{id}}"{{/id}}{{#dagre}} dagre-src="{{dagre}}"{{/dagre}}></campaign-canvas>
    <noscript><div class="alert info" role="status">[icon:info]<div>[[Drawing needs JavaScript. Without it this form changes what it can.]]</div></div>{{{withoutHTML}}}</noscript>
    """#)

  static func new(_ page: PageRequest) async throws -> PageAnswer {
    let form = try await CampaignBeginning.form(page, FormValues())
    return .page(shown(page, nil, title: page.texts("New campaign"), form))
  }

  static func edit(_ page: PageRequest) async throws -> PageAnswer {
    let campaign = try await CampaignRecord.read(page)
    let form = try await CampaignSettings.form(campaign, FormValues(campaign.value), page)
    let steps = CampaignStepList(steps: campaign.events)(page)
    let without = form + Panel(page.texts("Events"), isPadded: false)(steps, page)
    return .page(shown(page, campaign, title: campaign.name, without))
  }

  private static func shown(
    _ page: PageRequest, _ campaign: CampaignRecord?, title: String, _ without: HTML
  ) -> Page {
    Page(
      title: title, trail: [.init(text: page.texts("Campaigns"), path: "campaigns")],
      actionsHTML: buttons(campaign, page),
      contentHTML: template(
        [
          "id": campaign?.id ?? "", "dagre": page.console.assets.path("dagre.js") ?? "",
          "withoutHTML": without,
        ], page.texts), section: "campaigns", width: .full,
      scripts: ["campaign-canvas.js", "campaign-edit.js"],
      styles: ["campaign-canvas.css", "campaigns.css"])
  }

  /// A new campaign gets the links of its own with the first save.
  private static let buttonsTemplate = Template(
    #"""
    <a class="button" data-campaign-link="/settings" href="/console/{{path}}/settings"{{^path}} hidden{{/path}}>[icon:calendar][[Name, dates and category]]</a><a class="button" data-campaign-link="/simulate" href="/console/{{path}}/simulate"{{^path}} hidden{{/path}}>[icon:play][[Simulate]]</a><a class="button" data-campaign-link="" href="/console/{{path}}"{{^path}} hidden{{/path}}>[[Figures]]</a>{{^path}}<a class="button" data-campaign-none href="/console/campaigns/import">[icon:import][[Import]]</a><a class="button" data-campaign-none href="/console/campaigns">[[All campaigns]]</a>{{/path}}
    """#)

  private static func buttons(_ campaign: CampaignRecord?, _ page: PageRequest) -> HTML {
    buttonsTemplate(["path": campaign?.path ?? ""], page.texts)
  }
}
