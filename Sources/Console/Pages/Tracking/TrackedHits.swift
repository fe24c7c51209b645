import API

/// The last hits, as proof that tracking works; the list comes anew whenever another hit was recorded.
struct TrackedHits: Sendable {
  let page: PageRequest

  /// What the API asks for them.
  static let needs = Requirement.onAll(.contacts, .view)
  private static let limit = 15

  static let live = LiveTopic(path: "/tracking", needs: needs) { page in
    let answer = try await page.get("tracking/hits", ["limit": 1])
    return [
      "last": answer["hits"]?.elements?.first?["id"] ?? .null,
      "waiting": answer["isWaiting"] ?? false,
    ]
  }

  private static let template = Template(
    #"""
    <section class="panel" id="hits" hx-get="/console/tracking/hits" hx-trigger="live from:document" hx-swap="outerHTML"><header class="panel-head"><div><h2>[[Last page views]]</h2></div><span class="live">[[Live]]</span></header>{{#note}}<div class="panel-body">{{{noteHTML}}}</div>{{/note}}{{{contentHTML}}}</section>
    """#)

  func callAsFunction() async throws -> HTML {
    let texts = page.texts
    let answer = try await page.get("tracking/hits", ["limit": .int(Self.limit)])
    let hits = answer["hits"]?.elements ?? []
    let isWaiting = answer["isWaiting"]?.truth ?? false
    let content: HTML
    if hits.isEmpty {
      content = EmptyState(
        title: texts("No page view yet"),
        text: texts(
          "Put the code into a page and open it in a private window: who is signed in here is not recorded. The view appears in this place by itself."
        ), icon: "tracking")(page)
    } else {
      let names = try await names(of: hits)
      content = TableView(
        page: page, columns: Self.columns(names, texts), rows: hits,
        caption: texts("Last page views"))()
    }
    let note = texts("Further page views have come and wait for a worker to record them.")
    return Self.template(
      [
        "note": isWaiting, "noteHTML": Alert(.info, note)(page), "contentHTML": content,
      ], texts)
  }

  private static func columns(_ names: [Int: String], _ texts: Texts) -> [Column] {
    [
      Column(texts("Page")) { hit, page in
        address(
          [
            "title": hit["title"]?.text ?? "", "url": hit["url"]?.text ?? "",
          ], page.texts)
      },
      Column(texts("Visitor")) { hit, page in
        guard let id = hit["contact"]?.integer else { return page.muted(page.texts("Anonymous")) }
        return page.link(
          names[id] ?? page.texts("Visitor {id}", ["id": String(id)]), to: "contacts/\(id)")
      },
      Column(texts("From"), .wide) { $1.plain($0["referrer"]?.text) },
      Column(texts("Address"), .wide) { $1.plain($0["address"]?.text) },
      Column(texts("When"), .line) { $1.time($0["dateHit"]) },
    ]
  }

  private static let address = Template(
    #"""
    <span class="hit-url">{{#title}}{{title}}<span class="sub">{{url}}</span>{{/title}}{{^title}}{{url}}{{/title}}</span>
    """#)

  /// What the contacts of hits are called, by their ids.
  private func names(of hits: [JSONValue]) async throws -> [Int: String] {
    let ids = Set(hits.compactMap { $0["contact"]?.integer }).sorted()
    guard !ids.isEmpty else { return [:] }
    let search = "ids:" + ids.map(String.init).joined(separator: ",")
    let select = ContactName.needed.joined(separator: ",")
    let answer = try await page.optional(
      "contacts",
      ["search": .string(search), "limit": .int(ids.count), "select": .string("id," + select)])
    guard case .object(let contacts)? = answer?["contacts"] else { return [:] }
    return contacts.members.reduce(into: [:]) { names, member in
      guard let id = Int(member.key) else { return }
      names[id] = ContactName(member.value, page.texts).text
    }
  }
}
