import API

/// The pages of dynamic contents: what a slot of a website shows, and to whom.
enum DynamicContentPages {
  static let kind: RecordPages = {
    var kind = RecordPages(
      "dynamiccontents", member: "dynamicContent", list: "dynamicContents", area: .dynamicContents,
      nouns: .init(
        one: "Dynamic content", many: "Dynamic content", none: "No dynamic content yet",
        meaning:
          "A slot on your website shows each visitor what fits: chosen by filters, or put there by a campaign.",
        new: "New dynamic content"),
      columns: { page in
        [
          RecordPages.name(page, path: "dynamiccontents"),
          Column(page.texts("Shown by"), order: "isCampaignBased") { content, page in
            page.plain(
              content["isCampaignBased"]?.truth == true
                ? page.texts("Campaigns")
                : page.texts("Slot {name}", ["name": content["slotName"]?.text ?? "–"]))
          },
          Column(page.texts("Shown"), order: "sentCount", .number) { $1.count($0["sentCount"]) },
          Column(page.texts("Category"), .wide) { $1.plain($0["category"]?["title"]?.text) },
          Column(page.texts("Status"), order: "isPublished") { $1.published($0) },
        ]
      },
      fields: { content, page in try await sections(content, page) })
    kind.order = ("name", "ASC")
    kind.scripts = ["segment-builder.js"]
    kind.styles = ["segment-builder.css"]
    kind.aside = { content, page in aside(content, page) }
    kind.prepare = { members, _ in try prepare(&members) }
    kind.copied = { members in
      members["sentCount"] = nil
      members["variantChildren"] = nil
    }
    return kind
  }()

  static var routes: [ConsoleRoute] { kind.routes }

  private static func sections(
    _ content: JSONValue?, _ page: PageRequest
  ) async throws -> [FormSection] {
    let texts = page.texts
    let others = try await RecordChoices.of("dynamiccontents", list: "dynamicContents", page)
    return [
      FormSection(
        "",
        [
          FormField("name", texts("Name"), isRequired: true),
          try await CommonFields.category("dynamicContent", page),
          FormField(
            "isCampaignBased", texts("Campaigns decide who sees it"), .flag,
            hint: texts("Otherwise the filters below do, in a slot of its own."), initial: true),
          FormField(
            "slotName", texts("Name of the slot"),
            hint: texts("As the page has it; needed where no campaign decides.")),
        ]),
      FormSection(
        texts("Content"),
        [
          FormField(
            "content", texts("HTML"), .code(rows: 10),
            hint: texts("Tokens such as {contactfield=firstname} stand for values of the visitor."),
            isWide: true)
        ]),
      FormSection(texts("Who sees it"), [filters(texts)]),
      FormSection(
        texts("Test of variants"),
        [
          FormField(
            "variantParent", texts("Variant of"),
            .choice(others.filter { $0.value != content?["id"]?.text })),
          FormField(
            "variantSettings[weight]", texts("Weight in per cent"), .number,
            hint: texts("The share of visitors who see this variant.")),
        ]),
      UTMFields.section(page), CommonFields.publishing(page),
    ]
  }

  private static func filters(_ texts: Texts) -> FormField {
    FormField(
      "filters", texts("Filters"),
      .drawn { filters in
        // What was sent and refused is a text already.
        let text =
          filters.text
          ?? String(decoding: (filters == .null ? [] : filters).rendered, as: UTF8.self)
        return filterTemplate(["filters": text], texts)
      }, hint: texts("Without filters every visitor sees it."), isWide: true)
  }

  private static let filterTemplate = Template(
    #"""
    <segment-builder no-preview name="filters"><textarea class="input mono" id="f-filters" name="filters" rows="6" spellcheck="false">
    {{filters}}</textarea></segment-builder>
    """#)

  /// Filters come as JSON; a weight only with the content whose variant it is.
  private static func prepare(_ members: inout JSONObject) throws {
    if let text = members["filters"]?.text {
      members["filters"] = text.isEmpty ? [] : try JSONValue(json: text, of: "filters")
    }
    if (members["variantParent"]?.text ?? "").isEmpty {
      members["variantParent"] = .null
      members["variantSettings"] = nil
    }
  }

  private static func aside(_ content: JSONValue, _ page: PageRequest) -> HTML {
    let slot = content["slotName"]?.text ?? ""
    let facts = RecordFacts([
      (page.texts("Shown"), page.count(content["sentCount"])),
      (
        page.texts("Variants"),
        page.count(.int(content["variantChildren"]?.elements?.count ?? 0))
      ),
      (page.texts("Created"), page.time(content["dateAdded"])),
      (page.texts("Created by"), page.plain(content["createdByUser"]?.text)),
    ])(page)
    let code = codeTemplate(["slot": slot.isEmpty ? "slot" : slot], page.texts)
    return Panel(page.texts("This content"))(facts, page)
      + Panel(page.texts("On your website"))(code, page)
  }

  private static let codeTemplate = Template(
    #"""
    <div class="stack tight"><p class="muted">[[The page has the tracking script, and this where the content shall stand. What is in it is seen until then, and by visitors whom nothing fits.]]</p><div class="code wrap"><pre><code id="slot-code">&lt;div data-slot=&quot;dwc&quot; data-param-slot-name=&quot;{{slot}}&quot;&gt;&lt;/div&gt;</code></pre><button class="button small" type="button" data-copy="#slot-code" data-copied="[[Copied]]">[[Copy]]</button></div></div>
    """#)
}
