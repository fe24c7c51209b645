import API

/// Tracking: the code for websites, what has come of it, and the settings (console.md 3, "Tracking").
enum TrackingPages {
  static var routes: [ConsoleRoute] {
    [
      .get("/tracking") { .page(try await shown($0, nil)) },
      .get("/tracking/hits", needs: TrackedHits.needs) { page in
        .part(try await TrackedHits(page: page)())
      },
      .post("/tracking/{name:text}", needs: .administrator) { page in
        try await SettingsPages.save(page, "tracking") { try await shown(page, $0) }
      },
    ]
  }

  static var live: [LiveTopic] { [TrackedHits.live] }

  private static func shown(
    _ page: PageRequest, _ refused: SettingForms.Refused?
  ) async throws -> Page {
    let texts = page.texts
    let maySet = page.may(.administrator)
    let tab = maySet ? SettingTab.tracking.first { $0.name == page.query("tab") } : nil
    var content = HTML.empty
    if maySet {
      let tabs =
        [Tabs.Tab(text: texts("Set-up"), path: "tracking", isCurrent: tab == nil)]
        + SettingTab.tracking.map { shown in
          .init(
            text: texts(shown.title), path: "tracking?tab=\(shown.name)",
            isCurrent: shown.name == tab?.name)
        }
      content = Tabs(texts("Tracking"), tabs)(page)
    }
    if let tab {
      let settings = try await page.get("settings")["settings"]?.elements ?? []
      let forms = SettingForms(page: page, base: "tracking", settings: settings, refused: refused)
      content = content + tab.sections.map { forms.panel($0) }.joined()
    } else {
      content = content + TrackingSnippets(page: page)()
      if page.may(TrackedHits.needs) { content = content + (try await TrackedHits(page: page)()) }
    }
    return Page(
      title: texts("Tracking"),
      subtitle: texts("What visitors of your websites look at, and who they are"),
      contentHTML: content, section: "tracking", width: .narrow, styles: ["settings.css"],
      live: tab == nil && page.may(TrackedHits.needs) ? "tracking" : nil)
  }
}
