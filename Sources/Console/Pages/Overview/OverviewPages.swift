import API

/// The first page: how many there are of what matters, each where the user may see it.
enum OverviewPages {
  static var routes: [ConsoleRoute] { [.get("", show)] }

  private static let figures = [
    ("Contacts", "contacts"), ("Companies", "companies"), ("Segments", "segments"),
    ("Campaigns", "campaigns"), ("E-mails", "emails"), ("Forms", "forms"),
  ]

  private static func show(_ page: PageRequest) async throws -> PageAnswer {
    var tiles: [[String: Any]] = []
    for (text, path) in figures {
      guard let answer = try await page.optional(path, ["limit": 1]),
        let total = answer["total"]?.integer
      else { continue }
      tiles.append([
        "text": page.texts(text), "figure": page.formats.number(total),
        "href": page.console.sections.contains(path) ? "/console/\(path)" : "",
      ])
    }
    return .page(
      Page(
        title: page.texts("Overview"), contentHTML: template(["tiles": tiles], page.texts),
        section: ""))
  }

  private static let template = Template(
    #"""
    <div class="tiles">{{#tiles}}{{#href}}<a class="tile" href="{{href}}">{{/href}}{{^href}}<div class="tile">{{/href}}<span class="tile-label">{{text}}</span><span class="tile-figure">{{figure}}</span>{{#href}}</a>{{/href}}{{^href}}</div>{{/href}}{{/tiles}}</div>
    """#)
}
