import API

/// The charts of the overview: a part of it, or a page where scripts do not run.
struct OverviewCharts: Sendable {
  let page: PageRequest

  private var span: SpanChoice { SpanChoice(page: page, spans: [7, 30, 90]) }

  /// How many contacts came by the day.
  func growth() async throws -> PageAnswer {
    let chart = try await chart(
      "created.leads.in.time", title: page.texts("New contacts"),
      lines: [
        ("Identified", page.texts("Contacts")), ("Anonymous", page.texts("Visitors")),
      ])
    let sums = chart.lines.map { ($0.name, page.formats.number($0.counts.reduce(0, +))) }
    return answer(page.texts("New contacts per day"), facts(sums) + chart(page))
  }

  /// What became of e-mails by the day.
  func emails() async throws -> PageAnswer {
    let texts = page.texts
    let chart = try await chart(
      "emails.in.time", title: texts("E-mails"),
      lines: [
        ("Sent", texts("Sent")), ("Read", texts("Opened")), ("Clicked", texts("Clicked")),
        ("Unsubscribed", texts("Unsubscribed")),
      ])
    guard !chart.isEmpty else {
      return answer(
        texts("E-mails per day"), page.muted(texts("No e-mail was sent in this time.")))
    }
    let sums = chart.lines.map { $0.counts.reduce(0, +) }
    let shown = chart.lines.enumerated().map { place, line in
      let number = page.formats.number(sums[place])
      return (
        line.name,
        place == 0 ? number : "\(number) (\(page.formats.percent(sums[place], of: sums[0])))"
      )
    }
    return answer(texts("E-mails per day"), facts(shown) + chart(page))
  }

  private func chart(
    _ widget: String, title: String, lines: [(label: String, name: String)]
  ) async throws -> DayChart {
    let span = span
    let answer = try await page.get(
      "data/\(widget)",
      [
        "dataFormat": "raw", "timeUnit": "d", "dateFrom": .string(span.first),
        "dateTo": .string(span.last), "timezone": .string(page.user.timeZone ?? "UTC"),
        "dataset": .array(lines.map { .string($0.label) }),
      ])
    let data = answer["data"]
    var (days, shown): ([String], [DayChart.Line]) = ([], [])
    for (label, name) in lines {
      guard case .object(let line)? = data?[label] else { continue }
      if days.isEmpty { days = line.keys }
      shown.append(.init(name: name, counts: days.map { line[$0]?.integer ?? 0 }))
    }
    return DayChart(title: title, days: days, lines: shown)
  }

  private static let factsTemplate = Template(
    #"""
    <dl class="overview-sums">{{#facts}}<div><dt>{{name}}</dt><dd>{{value}}</dd></div>{{/facts}}</dl>
    """#)

  private func facts(_ facts: [(String, String)]) -> HTML {
    Self.factsTemplate(
      ["facts": facts.map { ["name": $0.0, "value": $0.1] as [String: Any] }], page.texts)
  }

  private func answer(_ title: String, _ content: HTML) -> PageAnswer {
    if page.isPartial { return .part(content) }
    return .page(
      Page(
        title: title, trail: [.init(text: page.texts("Overview"), path: "")],
        actionsHTML: span(), contentHTML: Panel()(content, page), section: "",
        styles: ["overview.css"]))
  }
}
