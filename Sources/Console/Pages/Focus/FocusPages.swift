import API

/// The pages of focus items: what a website shows over its pages.
enum FocusPages {
  static let kind: RecordPages = {
    var kind = RecordPages(
      "focus", member: "focus", area: .focusItems,
      nouns: .init(
        one: "Focus item", many: "Focus items", none: "No focus items yet",
        meaning:
          "A focus item is a bar, a box or a page over your website that says one thing, leads to one place, or shows one form.",
        new: "New focus item"),
      columns: { page in
        [
          RecordPages.name(page, path: "focus", hasDetails: true),
          Column(page.texts("Shows"), order: "type") { item, page in
            page.plain(word(item["type"]?.text, kinds, page))
          },
          Column(page.texts("As"), order: "style") { item, page in
            page.plain(word(item["style"]?.text, styles, page))
          },
          Column(page.texts("Category"), .wide) { $1.plain($0["category"]?["title"]?.text) },
          Column(page.texts("Status"), order: "isPublished") { $1.published($0) },
          Column(page.texts("Created"), order: "dateAdded", .wide) { $1.time($0["dateAdded"]) },
        ]
      },
      fields: { _, page in try await FocusForm.sections(page) })
    kind.order = ("name", "ASC")
    kind.hasDetails = true
    kind.prepare = { members, page in try await FocusForm.prepare(&members, page) }
    return kind
  }()

  /// What an item shows, and how, by the words of the API, with names in English.
  static let kinds: KeyValuePairs<String, String> = [
    "notice": "A notice", "link": "A link", "form": "A form",
  ]
  static let styles: KeyValuePairs<String, String> = [
    "bar": "Bar", "modal": "Box in the middle", "notification": "Box at the edge",
    "page": "Whole page",
  ]

  static func word(
    _ value: String?, _ words: KeyValuePairs<String, String>, _ page: PageRequest
  ) -> String? {
    words.first { $0.key == value }.map { page.texts($0.value) } ?? value
  }

  static var routes: [ConsoleRoute] {
    kind.routes + [
      .get("/focus/{id}", needs: .on(.focusItems, .view)) { .page(try await shown($0)) },
      .get("/focus/{id}/preview", needs: .on(.focusItems, .view)) { page in
        let script = try await page.send(.post, "focus/\(page.id)/js")["js"]?.text ?? ""
        return .other(PreviewDocument.answer(ground(page).text, script: script, page))
      },
    ]
  }

  // MARK: One item

  private static func shown(_ page: PageRequest) async throws -> Page {
    let item = try await page.get("focus/\(page.id)")["focus"] ?? [:]
    let id = item["id"]?.text ?? ""
    var tiles: [(name: String, figure: String)] = []
    for (type, name) in [("view", "Views"), ("click", "Clicks"), ("submission", "Submissions")] {
      let rows = try await page.optional(
        "stats/focus_stats",
        [
          "limit": 1,
          "where": [
            ["col": "focus_id", "expr": "eq", "val": .string(id)],
            ["col": "type", "expr": "eq", "val": .string(type)],
          ],
        ])
      if let total = rows?["total"]?.integer {
        tiles.append((page.texts(name), page.formats.number(total)))
      }
    }
    let content = template(
      [
        "id": id, "site": page.console.site,
        "tilesHTML": tiles.isEmpty ? HTML.empty : FigureTiles(tiles)(page),
        "preview": "/console/focus/\(id)/preview",
        "noticeHTML": item["isPublished"]?.truth == true
          ? HTML.empty
          : Alert(.warn, page.texts("The item is not published: visitors see nothing of it."))(
            page),
        "factsHTML": facts(item, page),
      ], page.texts)
    let edit =
      page.may(.edit, .focusItems)
      ? editTemplate(["href": "/console/focus/\(id)/edit"], page.texts) : HTML.empty
    return Page(
      title: item["name"]?.text ?? page.texts("Focus item"),
      subtitle: item["description"]?.text ?? "",
      trail: [.init(text: page.texts("Focus items"), path: "focus")],
      actionsHTML: edit + RecordActions(kind: kind).buttons(item, page), contentHTML: content,
      section: "focus")
  }

  private static let editTemplate = Template(
    #"<a class="button primary" href="{{href}}">[icon:edit][[Edit]]</a>"#)

  private static func facts(_ item: JSONValue, _ page: PageRequest) -> HTML {
    RecordFacts([
      (page.texts("Status"), page.published(item)),
      (page.texts("Shows"), page.plain(word(item["type"]?.text, kinds, page))),
      (page.texts("As"), page.plain(word(item["style"]?.text, styles, page))),
      (page.texts("Website"), page.plain(item["website"]?.text)),
      (page.texts("Category"), page.plain(item["category"]?["title"]?.text)),
      (page.texts("Created"), page.time(item["dateAdded"])),
      (page.texts("Created by"), page.plain(item["createdByUser"]?.text)),
    ])(page)
  }

  private static let template = Template(
    #"""
    {{{noticeHTML}}}{{{tilesHTML}}}<div class="split"><div><section class="panel"><header class="panel-head"><h2>[[Preview]]</h2><span class="sub">[[As visitors see it, over a page of nothing]]</span></header><div class="panel-body"><iframe class="preview" src="{{preview}}" sandbox="allow-scripts" title="[[Preview of the item]]"></iframe></div></section></div>
    <aside><section class="panel"><header class="panel-head"><h2>[[On your website]]</h2></header><div class="panel-body stack tight"><p class="muted">[[Paste this before the end of the page, or let a campaign show it to some visitors.]]</p><div class="code wrap"><pre><code id="focus-code">&lt;script src=&quot;{{site}}/focus/{{id}}.js&quot; async&gt;&lt;/script&gt;</code></pre><button class="button small" type="button" data-copy="#focus-code" data-copied="[[Copied]]">[[Copy]]</button></div></div></section>
    <section class="panel"><header class="panel-head"><h2>[[This item]]</h2></header><div class="panel-body">{{{factsHTML}}}</div></section></aside></div>
    """#)

  /// What the item stands over.
  private static func ground(_ page: PageRequest) -> HTML {
    groundTemplate(["lines": Array(repeating: ["n": 1], count: 24)], page.texts)
  }

  private static let groundTemplate = Template(
    #"""
    <h1 style="color:#c5cad3">[[Your website]]</h1>{{#lines}}<p style="height:12px;border-radius:6px;background:#eceef2;margin:18px 0"></p>{{/lines}}
    """#)
}
