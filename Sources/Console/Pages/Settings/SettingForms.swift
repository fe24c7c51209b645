import API

/// Forms of settings, each saved by itself, with the problem beside what was refused.
struct SettingForms: Sendable {
  let page: PageRequest
  /// The page below `/console/` that they stand on.
  let base: String
  /// The settings of the API.
  let settings: [JSONValue]
  let refused: Refused?

  /// What was sent for a setting and refused.
  struct Refused: Sendable {
    let name: String
    let values: FormValues
  }

  /// A box with the settings of a group; nothing where there are none.
  func panel(_ section: SettingTab.SettingSection) -> HTML {
    panel(section, settings.filter { $0["group"]?.text == section.group })
  }

  /// The settings in whose name, meaning or effect all words stand, under the headings of their groups.
  func found(_ search: String) -> HTML {
    let words = search.lowercased().split(separator: " ").map(String.init)
    return SettingTab.all.flatMap(\.sections).map { section in
      panel(
        section,
        settings.filter { setting in
          guard setting["group"]?.text == section.group else { return false }
          let form = SettingForm(page: page, base: base, setting: setting, refused: nil)
          let text = form.searched.lowercased()
          return words.allSatisfy { text.contains($0) }
        })
    }.joined()
  }

  private static let template = Template(
    #"""
    <section class="panel"><header class="panel-head"><div><h2>{{heading}}</h2><p class="sub">{{about}}</p></div></header><div class="panel-body">{{{formsHTML}}}</div></section>
    """#)

  private func panel(_ section: SettingTab.SettingSection, _ settings: [JSONValue]) -> HTML {
    guard !settings.isEmpty else { return .empty }
    return Self.template(
      [
        "heading": page.texts(section.heading), "about": page.texts(section.about),
        "formsHTML": settings.map { setting in
          SettingForm(
            page: page, base: base, setting: setting,
            refused: refused?.name == setting["name"]?.text ? refused?.values : nil)()
        }.joined(),
      ], page.texts)
  }
}
