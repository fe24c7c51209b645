import API

/// The figures of an e-mail as tiles and tables.
struct EmailTables: Sendable {
  let page: PageRequest
  let figures: EmailFigures

  private static let tilesTemplate = Template(
    #"""
    <div class="tiles">{{#tiles}}<div class="tile"><span class="tile-label">{{label}}</span><span class="tile-figure"{{#figure}} data-figure="{{.}}"{{/figure}}>{{value}}</span><span class="delta">{{note}}</span></div>{{/tiles}}</div>
    """#)

  /// The totals.
  func tiles(isList: Bool) -> HTML {
    let (texts, formats) = (page.texts, page.formats)
    func share(_ count: Int) -> String { formats.percent(count, of: figures.sent) }
    func tile(
      _ label: String, _ value: String, _ note: String, live: String = ""
    ) -> [String: Any] {
      ["label": label, "value": value, "note": note, "figure": isList ? live : ""]
    }
    func machines(_ count: Int, _ person: String) -> String {
      count == 0
        ? person
        : person + " · " + texts("{count} more by machines", ["count": formats.number(count)])
    }
    return Self.tilesTemplate(
      [
        "tiles": [
          tile(
            texts("Sent"), formats.number(figures.sent),
            figures.failed == 0
              ? "" : texts("{count} failed", ["count": formats.number(figures.failed)]),
            live: "sent"),
          tile(
            texts("Opened by people"), share(figures.opened),
            machines(figures.openedByMachines, formats.number(figures.opened))),
          tile(
            texts("Clicked by people"), share(figures.clicked),
            machines(
              figures.clicksByMachines,
              texts.counting(figures.clicks, one: "1 click", many: "{count} clicks"))),
          tile(
            texts("Unsubscribed"), share(figures.unsubscribed),
            formats.number(figures.unsubscribed)),
          tile(texts("Bounced"), share(figures.bounced), formats.number(figures.bounced)),
        ]
      ], texts)
  }

  /// The clicks by link.
  func links(_ links: [JSONValue]) -> HTML {
    let texts = page.texts
    guard !links.isEmpty else { return .empty }
    return panel(
      texts("Links"), links,
      [
        Column(texts("Link")) { Self.link($0["url"]?.text ?? "", $1) },
        Column(texts("Clicks of people"), .number) { link, page in
          let all = link["clicks"]?.integer ?? 0
          return page.count(.int(max(0, all - (link["machineClicks"]?.integer ?? 0))))
        },
        Column(texts("Of machines"), .number) { $1.count($0["machineClicks"]) },
        Column(texts("Recipients who clicked"), .number) { $1.count($0["uniqueClicks"]) },
      ])
  }

  private static let linkTemplate = Template(
    #"<a href="{{url}}" rel="noopener noreferrer" target="_blank">{{url}}</a>"#)

  private static func link(_ url: String, _ page: PageRequest) -> HTML {
    guard url.hasPrefix("https://") || url.hasPrefix("http://"), !url.contains("{") else {
      return HTML(escaping: url)
    }
    return linkTemplate(["url": url], page.texts)
  }

  /// The figures by the segment through which the contacts got it.
  func segments(_ segments: [JSONValue], of email: JSONValue) async throws -> HTML {
    guard segments.contains(where: { $0["id"]?.integer != nil }) else { return .empty }
    var names: [Int: String] = [:]
    for segment in email["lists"]?.elements ?? [] {
      if let id = segment["id"]?.integer { names[id] = segment["name"]?.text }
    }
    return panel(
      page.texts("By segment"), segments,
      [
        Column(page.texts("Segment")) { [names] segment, page in
          guard let id = segment["id"]?.integer else {
            return page.muted(page.texts("Sent otherwise"))
          }
          return page.link(
            names[id] ?? page.texts("Segment {id}", ["id": String(id)]), to: "segments/\(id)")
        }
      ] + rates)
  }

  /// The figures by the domain of the recipients' addresses.
  func domains(_ domains: [JSONValue]) -> HTML {
    guard !domains.isEmpty else { return .empty }
    return panel(
      page.texts("By domain of the recipients"), domains,
      [Column(page.texts("Domain")) { $1.plain($0["domain"]?.text) }] + rates)
  }

  /// What segments and domains are compared by.
  private var rates: [Column] {
    let texts = page.texts
    func rate(_ heading: String, _ member: String) -> Column {
      Column(heading, .number) { row, page in
        HTML(
          escaping: page.formats.percent(
            row[member]?.integer ?? 0, of: row["sent"]?.integer ?? 0))
      }
    }
    return [
      Column(texts("Sent"), .number) { $1.count($0["sent"]) },
      rate(texts("Opened by people"), "readByPeople"),
      rate(texts("Clicked by people"), "clickedByPeople"),
      rate(texts("Unsubscribed"), "unsubscribed"), rate(texts("Bounced"), "bounced"),
    ]
  }

  private func panel(_ heading: String, _ rows: [JSONValue], _ columns: [Column]) -> HTML {
    let table = TableView(page: page, columns: columns, rows: rows, caption: heading)
    return Panel(heading, isPadded: false)(table(), page)
  }
}
