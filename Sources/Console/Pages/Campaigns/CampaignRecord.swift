import API

/// A campaign, and what all its pages show of it.
struct CampaignRecord: Sendable {
  /// The campaign as the API answers it.
  let value: JSONValue
  /// Its events, each after those that lead to it.
  let events: [CampaignStep]

  init(_ value: JSONValue) {
    self.value = value
    events = CampaignStep.ordered(value["events"]?.elements ?? [])
  }

  /// The campaign in the path of a page.
  ///
  /// - Throws: `APIError` 404.
  static func read(_ page: PageRequest) async throws -> CampaignRecord {
    guard let value = try await page.get("campaigns/\(page.id)")["campaign"] else {
      throw APIError.notFound
    }
    return CampaignRecord(value)
  }

  var id: String { value["id"]?.text ?? "" }
  var name: String { value["name"]?.text ?? "" }
  /// Below `/console/`.
  var path: String { "campaigns/\(id)" }
  var isPublished: Bool { value["isPublished"]?.truth == true }

  /// Its pages.
  enum Tab: String, CaseIterable {
    case overview = ""
    case members, simulate, versions
  }

  private static let tabsTemplate = Template(
    #"""
    <nav class="tabs" aria-label="[[Campaign]]">{{#tabs}}<a href="{{href}}"{{#isCurrent}} aria-current="page"{{/isCurrent}}>{{text}}</a>{{/tabs}}</nav>
    """#)

  /// The links to its pages.
  func tabs(_ current: Tab, _ page: PageRequest) -> HTML {
    let shown = Tab.allCases.filter { tab in
      switch tab {
      case .overview: true
      case .members, .simulate, .versions: page.may(.view, .contacts)
      }
    }
    return Self.tabsTemplate(
      [
        "tabs": shown.map { tab -> [String: Any] in
          [
            "href": "/console/\(path)" + (tab == .overview ? "" : "/\(tab.rawValue)"),
            "isCurrent": tab == current, "text": Self.name(tab, page.texts),
          ]
        }
      ], page.texts)
  }

  private static func name(_ tab: Tab, _ texts: Texts) -> String {
    switch tab {
    case .overview: texts("Overview")
    case .members: texts("Members")
    case .simulate: texts("Simulate")
    case .versions: texts("Versions")
    }
  }

  /// A page of the campaign.
  func page(_ page: PageRequest, tab: Tab, _ content: HTML) -> Page {
    Page(
      title: name, subtitle: subtitle(page), marksHTML: CampaignPages.status(value, page),
      trail: [.init(text: page.texts("Campaigns"), path: "campaigns")],
      actionsHTML: CampaignButtons(campaign: self)(page),
      contentHTML: tabs(tab, page) + content, section: "campaigns", styles: ["campaigns.css"])
  }

  /// The pages above one below the campaign's own.
  func trail(_ page: PageRequest) -> [Page.Trail] {
    [.init(text: page.texts("Campaigns"), path: "campaigns"), .init(text: name, path: path)]
  }

  private func subtitle(_ page: PageRequest) -> String {
    let texts = page.texts
    let changed = value["dateModified"]?.text ?? value["dateAdded"]?.text ?? ""
    var parts = [
      texts(
        "Version {version}, changed {date} by {user}",
        [
          "version": value["version"]?.text ?? "1", "date": page.formats.moment(changed),
          "user": value["modifiedByUser"]?.text ?? value["createdByUser"]?.text ?? "–",
        ])
    ]
    if let up = value["publishUp"]?.text {
      parts.append(texts("from {date}", ["date": page.formats.moment(up)]))
    }
    if let down = value["publishDown"]?.text {
      parts.append(texts("until {date}", ["date": page.formats.moment(down)]))
    }
    return parts.joined(separator: ", ")
  }
}

/// What is done with a campaign as a whole.
struct CampaignButtons: Sendable {
  let campaign: CampaignRecord

  private static let template = Template(
    #"""
    {{#canPublish}}<form method="post" action="{{base}}/publish"><input type="hidden" name="token" value="{{token}}"><input type="hidden" name="isPublished" value="{{#isPublished}}0{{/isPublished}}{{^isPublished}}1{{/isPublished}}"><button class="button"{{#isPublished}} data-confirm="[[Unpublish? Nobody enters and nothing fires until it is published again.]]"{{/isPublished}}>{{#isPublished}}[icon:pause][[Unpublish]]{{/isPublished}}{{^isPublished}}[icon:play][[Publish]]{{/isPublished}}</button></form>{{/canPublish}}{{#canEdit}}<a class="button primary" href="{{base}}/edit">[icon:edit][[Edit]]</a>{{/canEdit}}<details class="menu end" name="menu"><summary class="button icon" aria-label="[[More]]">[icon:more]</summary><div class="menu-list">{{#canEdit}}<a class="item" href="{{base}}/settings">[icon:calendar][[Name, dates and category]]</a>{{/canEdit}}{{#canTrigger}}<form method="post" action="{{base}}/trigger"><input type="hidden" name="token" value="{{token}}"><button class="item">[icon:refresh][[Look for new members now]]</button></form>{{/canTrigger}}{{#canCreate}}<form method="post" action="{{base}}/clone"><input type="hidden" name="token" value="{{token}}"><button class="item">[icon:copy][[Clone]]</button></form>{{/canCreate}}<a class="item" href="{{base}}/export">[icon:export][[Export as JSON]]</a><a class="item" href="{{base}}/export?format=mautic">[icon:export][[Export for Mautic]]</a>{{#canDelete}}<hr><form method="post" action="{{base}}/delete"><input type="hidden" name="token" value="{{token}}"><button class="item danger" data-confirm="[[Delete this campaign for good? What is foreseen for its members will not happen.]]">[icon:trash][[Delete]]</button></form>{{/canDelete}}</div></details>
    """#)

  func callAsFunction(_ page: PageRequest) -> HTML {
    Self.template(
      [
        "base": "/console/\(campaign.path)", "token": page.token,
        "canPublish": page.may(.publish, .campaigns), "isPublished": campaign.isPublished,
        "canEdit": page.may(.edit, .campaigns), "canCreate": page.may(.create, .campaigns),
        "canTrigger": campaign.isPublished && page.may(.edit, .campaigns),
        "canDelete": page.may(.delete, .campaigns),
      ], page.texts)
  }
}
