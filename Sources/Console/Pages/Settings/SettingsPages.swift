import API

/// The page of all settings (console.md 3, "Settings").
enum SettingsPages {
  static var routes: [ConsoleRoute] {
    [
      .get("/settings", needs: .administrator) { .page(try await shown($0, nil)) },
      .post("/settings/{name:text}", needs: .administrator) { page in
        try await save(page, "settings") { try await shown(page, $0) }
      },
    ]
  }

  /// Saves one setting, or goes back to its default.
  ///
  /// - Parameters:
  ///   - base: The page below `/console/` that the form stands on.
  ///   - shown: Makes the page again, with what was refused.
  static func save(
    _ page: PageRequest, _ base: String, shown: (SettingForms.Refused) async throws -> Page
  ) async throws -> PageAnswer {
    let name = try page.request.pathText("name")
    let body = try await FormBody(page)
    let path = "settings/\(PageRequest.encoded(name))"
    do {
      if body.text("reset") != nil {
        try await page.send(.post, "\(path)/reset")
      } else {
        try await page.send(.patch, "\(path)/edit", ["value": body.members["value"] ?? ""])
      }
    } catch let error as APIError where error.status == .badRequest {
      var answer = try await shown(.init(name: name, values: FormValues(body, error)))
      answer.status = .badRequest
      return .page(answer)
    }
    let place = ["tab", "search"].compactMap { key in
      page.query(key).map { "\(key)=\(PageRequest.encoded($0))&" }
    }.joined()
    return .redirect(
      to: "\(base)?\(place)saved=\(PageRequest.encoded(name))#setting-\(PageRequest.encoded(name))")
  }

  private static func shown(
    _ page: PageRequest, _ refused: SettingForms.Refused?
  ) async throws -> Page {
    let texts = page.texts
    let settings = try await page.get("settings")["settings"]?.elements ?? []
    let forms = SettingForms(page: page, base: "settings", settings: settings, refused: refused)
    let search = page.query("search")
    let tab = SettingTab.all.first { $0.name == page.query("tab") } ?? SettingTab.all[0]
    let content: HTML
    if let search {
      let found = forms.found(search)
      content =
        found.isEmpty
        ? Panel()(
          EmptyState(
            title: texts("No setting is called so"),
            text: texts(
              "Names, meanings and effects are searched. Fewer words find more."),
            icon: "settings")(page), page) : found
    } else {
      content =
        Tabs(
          texts("Settings"),
          SettingTab.all.map { shown in
            .init(
              text: texts(shown.title), path: "settings?tab=\(shown.name)",
              isCurrent: shown.name == tab.name)
          })(page) + tab.sections.map { forms.panel($0) }.joined()
    }
    return Page(
      title: texts("Settings"),
      subtitle: texts(
        "Saved one by one. A change holds everywhere within a second, unless the setting says otherwise."
      ),
      contentHTML: searchTemplate(["search": search ?? ""], texts) + content,
      section: "settings", width: .narrow, styles: ["settings.css"])
  }

  private static let searchTemplate = Template(
    #"""
    <form class="row" method="get" action="/console/settings" role="search"><div class="affix setting-search">[icon:search]<input class="input" type="search" name="search" value="{{search}}" placeholder="[[Find a setting]]" aria-label="[[Find a setting]]" maxlength="100"></div><button class="button">[[Search]]</button>{{#search}}<a class="button plain" href="/console/settings">[[All settings]]</a>{{/search}}</form>
    """#)
}
