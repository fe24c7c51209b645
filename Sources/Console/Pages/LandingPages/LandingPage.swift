import API
import HTTPTypes

/// One landing page: its figures, its versions, and how it looks.
enum LandingPage {
  static func shown(_ page: PageRequest) async throws -> Page {
    let record = try await page.get("pages/\(page.id)")["page"] ?? [:]
    let id = record["id"]?.text ?? ""
    let figures = try await page.optional(
      "data/page.hits.in.time",
      [
        "timeUnit": "d", "dataFormat": "raw", "filter": ["pageId": .string(id)],
        "dataset": ["Visits", "Unique visits"],
      ])
    let chart = CountsChart(
      figures?["data"],
      names: [
        "Visits": page.texts("Visits"), "Unique visits": page.texts("Different visitors"),
      ])
    var tiles = [
      (page.texts("Visits"), page.formats.number(record["hits"]?.integer ?? 0)),
      (page.texts("Different visitors"), page.formats.number(record["uniqueHits"]?.integer ?? 0)),
    ]
    if record["variantStartDate"]?.text != nil {
      tiles.append(
        (
          page.texts("Since the test began"),
          page.formats.number(record["variantHits"]?.integer ?? 0)
        ))
    }
    let history =
      chart.isEmpty
      ? EmptyState(
        title: page.texts("No visits in 30 days"),
        text: page.texts("Publish the page and link its address."), icon: "pages")(page)
      : chart(page)
    let address = "\(page.console.site)/\(record["alias"]?.text ?? "")"
    let content = template(
      [
        "tilesHTML": FigureTiles(tiles)(page),
        "chartHTML": Panel(page.texts("Visits by the day"))(history, page),
        "preview": "/console/pages/\(id)/preview", "address": address,
        "isPublished": record["isPublished"]?.truth == true, "id": id,
        "factsHTML": facts(record, page), "versionsHTML": versions(record, page),
      ], page.texts)
    let edit =
      page.may(.edit, .pages)
      ? editTemplate(["href": "/console/pages/\(id)/edit"], page.texts) : .empty
    return Page(
      title: record["title"]?.text ?? page.texts("Landing page"), subtitle: address,
      trail: [.init(text: page.texts("Landing pages"), path: "pages")],
      actionsHTML: edit + RecordActions(kind: LandingPages.kind).buttons(record, page),
      contentHTML: content, section: "pages")
  }

  private static let editTemplate = Template(
    #"<a class="button primary" href="{{href}}">[icon:edit][[Edit]]</a>"#)

  private static let template = Template(
    #"""
    {{{tilesHTML}}}<div class="split"><div>{{{chartHTML}}}
    <section class="panel"><header class="panel-head"><h2>[[Preview]]</h2><a class="button small" href="{{preview}}" target="_blank" rel="noopener">[icon:external][[In a window of its own]]</a></header><div class="panel-body"><iframe class="preview" src="{{preview}}" sandbox="allow-scripts" title="[[Preview of the page]]" loading="lazy"></iframe></div></section></div>
    <aside><section class="panel"><header class="panel-head"><h2>[[Address]]</h2></header><div class="panel-body stack tight"><div class="code wrap"><pre><code id="page-address">{{address}}</code></pre><button class="button small" type="button" data-copy="#page-address" data-copied="[[Copied]]">[[Copy]]</button></div>{{#isPublished}}<p><a href="{{address}}" target="_blank" rel="noopener">[[Open the page]]</a></p>{{/isPublished}}{{^isPublished}}<p class="muted">[[Visitors find nothing there until the page is published.]]</p>{{/isPublished}}<p class="muted">[[In e-mails:]] <code>{pagelink={{id}}}</code></p></div></section>
    {{{versionsHTML}}}<section class="panel"><header class="panel-head"><h2>[[This page]]</h2></header><div class="panel-body">{{{factsHTML}}}</div></section></aside></div>
    """#)

  private static func facts(_ record: JSONValue, _ page: PageRequest) -> HTML {
    let texts = page.texts
    var facts: [(name: String, value: HTML)] = [
      (texts("Status"), page.published(record)),
      (texts("Language"), page.plain(record["language"]?.text)),
      (texts("Category"), page.plain(record["category"]?["title"]?.text)),
      (texts("Description"), page.plain(record["metaDescription"]?.text)),
      (
        texts("Preference centre"),
        page.plain(record["isPreferenceCenter"]?.truth == true ? texts("Yes") : texts("No"))
      ),
      (texts("Revision"), page.count(record["revision"])),
      (texts("Created"), page.time(record["dateAdded"])),
      (texts("Created by"), page.plain(record["createdByUser"]?.text)),
    ]
    if record["redirectUrl"]?.text != nil {
      facts.append((texts("Leads on to"), page.plain(record["redirectUrl"]?.text)))
    }
    return RecordFacts(facts)(page)
  }

  // MARK: Variants and translations

  private static func versions(_ record: JSONValue, _ page: PageRequest) -> HTML {
    let id = record["id"]?.text ?? ""
    func list(_ member: String) -> [[String: Any]] {
      (record[member]?.elements ?? []).map {
        ["href": "/console/pages/\($0["id"]?.text ?? "")", "title": $0["title"]?.text ?? ""]
      }
    }
    let parent = record["variantParent"]?["id"] == nil ? "translationParent" : "variantParent"
    let mayCreate = page.may(.create, .pages)
    let isVariant = record["variantParent"]?["id"] != nil
    return versionsTemplate(
      [
        "variants": list("variantChildren"), "translations": list("translationChildren"),
        "parentID": record[parent]?["id"]?.text ?? "",
        "parent": record[parent]?["title"]?.text ?? "",
        "isVariant": isVariant, "mayVary": mayCreate && !isVariant,
        "mayTranslate": mayCreate && !isVariant && record["translationParent"]?["id"] == nil,
        "weight": record["variantSettings"]?["weight"]?.text ?? "", "id": id,
      ], page.texts)
  }

  private static let versionsTemplate = Template(
    #"""
    <section class="panel"><header class="panel-head"><h2>[[Variants and translations]]</h2></header>
    {{#parentID}}<div class="panel-body"><p>{{#isVariant}}[[Variant of]]{{/isVariant}}{{^isVariant}}[[Translation of]]{{/isVariant}} <a href="/console/pages/{{parentID}}">{{parent}}</a>{{#weight}} · {{weight}} %{{/weight}}</p></div>{{/parentID}}
    <ul class="list">{{#variants}}<li><a class="grow" href="{{href}}">{{title}}</a><span class="badge">[[Variant]]</span></li>{{/variants}}{{#translations}}<li><a class="grow" href="{{href}}">{{title}}</a><span class="badge">[[Translation]]</span></li>{{/translations}}</ul>
    {{#mayVary}}<div class="panel-foot"><a class="button small" href="/console/pages/new?variantOf={{id}}">[icon:plus][[Variant]]</a>{{#mayTranslate}}<a class="button small" href="/console/pages/new?translationOf={{id}}">[icon:plus][[Translation]]</a>{{/mayTranslate}}</div>{{/mayVary}}</section>
    """#)

  // MARK: The preview

  /// The page as visitors see it, kept apart from the console: its scripts run in an origin of their own.
  static func preview(_ page: PageRequest) async throws -> APIResponse {
    var query: JSONObject = [:]
    if let contact = page.query("contact") { query["contactId"] = .string(contact) }
    let path = "/page/preview/\(try page.id)"
    var answer = try await page.console.api.forward(page.request, to: .get, path, query: query)
    answer.headers[.contentSecurityPolicy] =
      "sandbox allow-scripts allow-popups; frame-ancestors 'self'"
    answer.headers[.cacheControl] = "no-store"
    return answer
  }
}
