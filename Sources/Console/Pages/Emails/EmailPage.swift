import API
import Foundation

/// The overview of an e-mail: what it is, what happened with it, and its sending.
struct EmailPage: Sendable {
  let page: PageRequest
  /// What was wrong with the last form of the page.
  var problem: APIError?

  init(_ page: PageRequest, problem: APIError? = nil) {
    self.page = page
    self.problem = problem
  }

  func callAsFunction() async throws -> PageAnswer {
    let id = try page.id
    guard let email = try await page.get("emails/\(id)")["email"] else { throw APIError.notFound }
    let stats = try await page.get("emails/\(id)/stats")["stats"] ?? [:]
    let figures = EmailFigures(email, stats: stats)
    let isList = email["emailType"]?.text == "list"
    let progress = isList ? try await page.get("emails/\(id)/progress")["progress"] : nil
    let domains = try await page.get("emails/\(id)/domains")["domains"]?.elements ?? []
    let tables = EmailTables(page: page, figures: figures)
    let main =
      tables.tiles(isList: isList) + (try await chart(id))
      + tables.links(stats["links"]?.elements ?? [])
      + (try await tables.segments(stats["segments"]?.elements ?? [], of: email))
      + tables.domains(domains)
    var aside = HTML.empty
    if let progress {
      aside = EmailSendingPanel(page: page, email: email, stats: stats, progress: progress)()
    }
    aside =
      aside + EmailPanels.test(email, page)
      + (try await EmailFamilyPanel(page: page, email: email, stats: stats)())
      + EmailPanels.facts(email, page)
    let alert = problem.map { Alert(.bad, Self.told($0))(page) } ?? .empty
    var shown = try EmailTabs.page(
      email, "", alert + Self.split(["mainHTML": main, "asideHTML": aside], page.texts), page)
    shown.subtitle = email["subject"]?.text ?? ""
    shown.actionsHTML =
      RecordActions(kind: EmailKind.kind).buttons(email, page) + editButton(id)
    shown.styles = ["emails.css"]
    if progress != nil { shown.live = "emails/\(id)/progress" }
    if let problem { shown.status = problem.status }
    return .page(shown)
  }

  /// An error with its details, of a form whose fields are few.
  private static func told(_ error: APIError) -> String {
    let details = error.details.flatMap(\.messages)
    return details.isEmpty ? error.message : details.joined(separator: " ")
  }

  private func editButton(_ id: Int64) -> HTML {
    guard page.may(.edit, .emails) else { return .empty }
    return Self.edit(["id": "\(id)"], page.texts)
  }

  private static let edit = Template(
    #"<a class="button primary" href="/console/emails/{{id}}/edit">[icon:edit][[Edit]]</a>"#)

  private static let split = Template(
    #"<div class="split"><div>{{{mainHTML}}}</div><aside>{{{asideHTML}}}</aside></div>"#)

  // MARK: The chart

  private static let spans = [7, 30, 90]

  /// What happened by the day; nothing for who may not see figures.
  private func chart(_ id: Int64) async throws -> HTML {
    let span =
      page.query("days").flatMap { Int($0) }.flatMap { Self.spans.contains($0) ? $0 : nil } ?? 30
    let now = page.console.clock.now
    guard
      let answer = try await page.optional(
        "data/emails.in.time",
        [
          "filter": ["emailId": .int(Int(id))], "timeUnit": "d",
          "dateFrom": .string(Self.day(now.addingTimeInterval(Double(1 - span) * 86_400))),
          "dateTo": .string(Self.day(now)),
          "dataset": ["Sent", "Read", "Clicked", "Unsubscribed"],
        ])
    else { return .empty }
    let texts = page.texts
    let chart = EmailChart(
      answer,
      labels: [
        ("Sent", texts("Sent")), ("Read", texts("Opens")), ("Clicked", texts("Clicks")),
        ("Unsubscribed", texts("Unsubscribed")),
      ], page: page)
    let choice = Self.spanTemplate(
      [
        "spans": Self.spans.map { days -> [String: Any] in
          [
            "text": texts.counting(days, one: "1 day", many: "{count} days"),
            "href": page.address(with: ["days": String(days)]), "isCurrent": days == span,
          ]
        }
      ], texts)
    let content =
      chart.isEmpty
      ? EmptyState(
        title: texts("Nothing happened"),
        text: texts("Nothing was sent, opened or clicked in these days."))(page)
      : chart(texts("Sent, opened, clicked and unsubscribed by the day")) + Self.note([:], texts)
    return Panel(texts("In time"), actionsHTML: choice)(content, page)
  }

  private static let note = Template(
    #"<p class="hint">[[Here, opens and clicks of machines are among the others, each time.]]</p>"#)

  private static func day(_ date: Date) -> String { String(date.formatted(.iso8601).prefix(10)) }

  private static let spanTemplate = Template(
    #"""
    <nav class="buttons" aria-label="[[Span of time]]">{{#spans}}<a class="button small" href="{{href}}"{{#isCurrent}} aria-current="true"{{/isCurrent}}>{{text}}</a>{{/spans}}</nav>
    """#)
}
