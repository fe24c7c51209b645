import API

/// The pages of reports: what they show, and what they are made of.
enum ReportPages {
  static let kind: RecordPages = {
    var kind = RecordPages(
      "reports", member: "report", area: .reports,
      nouns: .init(
        one: "Report", many: "Reports", none: "No reports yet",
        meaning:
          "A report is a table of records or of what happened, filtered and summed up, to look at, to export, and to get by e-mail.",
        new: "New report"),
      columns: { page in
        [
          RecordPages.name(page, path: "reports", hasDetails: true),
          Column(page.texts("About"), order: "source") { $1.plain($0["source"]?.text) },
          Column(page.texts("Sent"), order: "isScheduled") { report, page in
            page.plain(sent(report, page))
          },
          Column(page.texts("For all")) { report, page in
            page.plain(report["system"]?.truth == true ? page.texts("Yes") : page.texts("No"))
          },
          Column(page.texts("Created"), order: "dateAdded", .wide) { $1.time($0["dateAdded"]) },
        ]
      },
      fields: { report, page in try await ReportForm.sections(report, page) })
    kind.order = ("name", "ASC")
    kind.hasDetails = true
    kind.recordQuery = ["limit": 1]
    kind.styles = ["reports.css"]
    kind.prepare = { members, page in ReportForm.prepare(&members, page) }
    return kind
  }()

  /// How often a report is sent.
  private static func sent(_ report: JSONValue, _ page: PageRequest) -> String {
    guard report["isScheduled"]?.truth == true else { return page.texts("No") }
    let unit = report["scheduleUnit"]?.text ?? ""
    return ReportForm.units.first { $0.key == unit }.map { page.texts($0.value) } ?? unit
  }

  static var routes: [ConsoleRoute] {
    kind.routes.filter { $0.path != "/reports/new" || $0.method != .get } + [
      .get("/reports/new", needs: .on(.reports, .create)) { page in
        guard page.query("source") == nil else {
          return try await RecordForm(kind: kind).new(page)
        }
        return .page(try await sources(page))
      },
      .get("/reports/{id}", needs: .on(.reports, .view)) {
        .page(try await ReportRows(page: $0)())
      },
    ]
  }

  // MARK: Choosing a source

  private static func sources(_ page: PageRequest) async throws -> Page {
    let sources = try await page.get("reports/sources")["sources"]?.elements ?? []
    return Page(
      title: page.texts("New report"),
      subtitle: page.texts("What each row of the report is about"),
      trail: [.init(text: page.texts("Reports"), path: "reports")],
      contentHTML: template(
        [
          "sources": sources.map {
            ["name": $0["name"]?.text ?? "", "label": page.texts($0["label"]?.text ?? "")]
          }
        ], page.texts), section: "reports")
  }

  private static let template = Template(
    #"""
    <div class="cards">{{#sources}}<a class="card" href="/console/reports/new?source={{name}}"><span><strong>{{label}}</strong><span class="hint">{{name}}</span></span></a>{{/sources}}</div>
    """#)
}
