import API

/// The form of a focus item.
enum FocusForm {
  static func sections(_ page: PageRequest) async throws -> [FormSection] {
    let texts = page.texts
    func choices(_ words: KeyValuePairs<String, String>) -> [FormField.Choice] {
      words.map { .init($0.key, texts($0.value)) }
    }
    return [
      FormSection(
        "",
        [
          FormField("name", texts("Name"), isRequired: true),
          try await CommonFields.category("focus", page),
          FormField(
            "type", texts("Shows"), .choice(choices(FocusPages.kinds)), isRequired: true,
            initial: "notice"),
          FormField(
            "style", texts("As"), .choice(choices(FocusPages.styles)), isRequired: true,
            initial: "bar"),
          FormField("website", texts("Website"), .url, hint: texts("Where it is used.")),
          FormField("description", texts("Description"), .longText(rows: 2), isWide: true),
        ]),
      FormSection(
        texts("Content"),
        [
          FormField("properties[content][headline]", texts("Headline"), isWide: true),
          FormField(
            "properties[content][tagline]", texts("Text"), .longText(rows: 2), isWide: true),
          FormField("properties[content][link_text]", texts("Text of the link")),
          FormField("properties[content][link_url]", texts("Address of the link"), .url),
          FormField("properties[content][link_new_window]", texts("Open in a new window"), .flag),
          FormField(
            "form", texts("Form"), .choice(try await RecordChoices.of("forms", page)),
            hint: texts("Where a form is shown.")),
          FormField(
            "htmlMode", texts("Instead of these texts"),
            .choice([.init("basic", texts("nothing")), .init("html", texts("the HTML below"))]),
            isRequired: true, initial: "basic"),
          FormField("html", texts("HTML"), .code(rows: 6), isWide: true),
        ]),
      behaviour(texts), look(texts),
      UTMFields.section(page), CommonFields.publishing(page),
    ]
  }

  private static func behaviour(_ texts: Texts) -> FormSection {
    FormSection(
      texts("When it comes"),
      [
        FormField(
          "properties[when]", texts("It comes"),
          .choice([
            .init("immediately", texts("at once")),
            .init("scroll_slight", texts("after some scrolling")),
            .init("scroll_middle", texts("in the middle of the page")),
            .init("scroll_bottom", texts("at the end of the page")),
            .init("leave", texts("when the visitor is about to leave")),
          ]), isRequired: true, initial: "immediately"),
        FormField(
          "properties[timeout]", texts("Seconds before"), .number, hint: texts("At most 3,600."),
          initial: 0),
        FormField(
          "properties[frequency]", texts("How often"),
          .choice([
            .init("everypage", texts("on every page")), .init("once", texts("once")),
            .init("q2min", texts("every 2 minutes")), .init("q15min", texts("every 15 minutes")),
            .init("hourly", texts("every hour")), .init("daily", texts("every day")),
          ]), isRequired: true, initial: "once"),
        FormField(
          "properties[stop_after_conversion]", texts("Never again after a click or a form"), .flag,
          initial: true),
      ])
  }

  private static func look(_ texts: Texts) -> FormSection {
    let bar: [FormField.Choice] = [.init("top", texts("Top")), .init("bottom", texts("Bottom"))]
    let corners: [FormField.Choice] = [
      .init("top_left", texts("Top left")), .init("top_right", texts("Top right")),
      .init("bottom_left", texts("Bottom left")), .init("bottom_right", texts("Bottom right")),
    ]
    return FormSection(
      texts("Look"),
      [
        FormField(
          "properties[bar][placement]", texts("Place of a bar"), .choice(bar), isRequired: true,
          initial: "top"),
        FormField(
          "properties[notification][placement]", texts("Place of a box at the edge"),
          .choice(corners), isRequired: true, initial: "bottom_right"),
        FormField(
          "properties[bar][allow_hide]", texts("A bar can be closed"), .flag, initial: true),
        FormField(
          "properties[content][font]", texts("Font"), hint: texts("Empty: that of the system.")),
        FormField("properties[colors][primary]", texts("Ground"), .color, initial: "#1a56c4"),
        FormField("properties[colors][text]", texts("Text"), .color, initial: "#ffffff"),
        FormField("properties[colors][button]", texts("Button"), .color, initial: "#ffffff"),
        FormField(
          "properties[colors][button_text]", texts("Text of the button"), .color,
          initial: "#1a56c4"),
      ])
  }

  /// Keeps properties of an item that the form does not show.
  static func prepare(_ members: inout JSONObject, _ page: PageRequest) async throws {
    guard let sent = members["properties"]?.asObject,
      let id = page.request.pathParameters["id"]
    else { return }
    let item = try await page.get("focus/\(id)")["focus"]
    var merged = item?["properties"]?.asObject ?? [:]
    for member in sent.members {
      guard let group = member.value.asObject else {
        merged[member.key] = member.value
        continue
      }
      var inner = merged[member.key]?.asObject ?? [:]
      for part in group.members { inner[part.key] = part.value }
      merged[member.key] = .object(inner)
    }
    members["properties"] = .object(merged)
  }
}
