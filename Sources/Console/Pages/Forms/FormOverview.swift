import API

/// The first page of a form: how it does, and what visitors sent last.
enum FormOverview {
  static var routes: [ConsoleRoute] {
    [.get("/forms/{id}", needs: .on(.forms, .view)) { .page(try await shown($0)) }]
  }

  private static func shown(_ page: PageRequest) async throws -> Page {
    let form = try await FormPages.form(page)
    let id = try page.id
    let figures = try await page.optional(
      "data/submissions.in.time",
      ["timeUnit": "d", "dataFormat": "raw", "filter": ["formId": .int(Int(id))]])
    let latest = try await page.optional(
      "forms/\(id)/submissions", ["limit": 5, "orderBy": "id", "orderByDir": "DESC"])
    let chart = CountsChart(figures?["data"], names: ["Submissions": page.texts("Submissions")])
    let total = latest?["total"]?.integer ?? 0
    let month = chart.series.first?.counts.reduce(0, +) ?? 0
    let tiles = FigureTiles([
      (page.texts("Submissions"), page.formats.number(total)),
      (page.texts("In 30 days"), page.formats.number(month)),
      (page.texts("Fields"), page.formats.number(form["fields"]?.elements?.count ?? 0)),
    ])(page)
    let history =
      chart.isEmpty
      ? EmptyState(
        title: page.texts("No submissions in 30 days"),
        text: page.texts("Put the form on a page of your website: the code stands under Embed."),
        icon: "forms")(page)
      : chart(page)
    let rows = latest?["submissions"]?.elements ?? []
    let results =
      rows.isEmpty
      ? HTML.empty
      : Panel(page.texts("Latest results"), isPadded: false)(
        FormResultPages.table(rows, of: form, page)(), page)
    let main = Panel(page.texts("Submissions by the day"))(history, page) + results
    let content =
      tiles
      + template(
        ["mainHTML": main, "asideHTML": Panel(page.texts("This form"))(facts(form, page), page)],
        page.texts)
    return FormPages.page(form, "", content, page)
  }

  private static let template = Template(
    #"""
    <div class="split"><div>{{{mainHTML}}}</div><aside>{{{asideHTML}}}</aside></div>
    """#)

  private static func facts(_ form: JSONValue, _ page: PageRequest) -> HTML {
    let texts = page.texts
    let afterwards =
      switch form["postAction"]?.text {
      case "redirect": texts("Leads to another page")
      case "message": texts("Shows a message")
      default: texts("Stays on the page")
      }
    var facts: [(name: String, value: HTML)] = [
      (texts("Status"), page.published(form)),
      (texts("Alias"), page.plain(form["alias"]?.text)),
      (texts("Category"), page.plain(form["category"]?["title"]?.text)),
      (texts("After sending"), page.plain(afterwards)),
      (
        texts("Asks for consent"),
        page.plain((form["consentText"]?.text ?? "").isEmpty ? texts("No") : texts("Yes"))
      ),
      (
        texts("Asks for a confirmation by mail"),
        page.plain(form["doubleOptIn"]?["subject"] == nil ? texts("No") : texts("Yes"))
      ),
      (texts("Created"), page.time(form["dateAdded"])),
      (texts("Created by"), page.plain(form["createdByUser"]?.text)),
    ]
    if form["dateModified"]?.text != nil {
      facts.append((texts("Changed"), page.time(form["dateModified"])))
    }
    return RecordFacts(facts)(page)
  }
}
