import API
import Foundation

/// What jobs did in the last hour or day: a chart of what ended and failed, and how long each type takes.
struct JobFiguresPanel: Sendable {
  let page: PageRequest
  /// The queue; empty for all.
  var queue = ""
  /// The type that the chart shows; empty for all.
  var type = ""

  private var isDay: Bool { page.query("span") == "day" }

  private static let choice = Template(
    #"""
    <div class="buttons" role="group" aria-label="[[Time shown]]">{{#spans}}<a class="button small" href="{{href}}"{{#isCurrent}} aria-current="true"{{/isCurrent}}>{{text}}</a>{{/spans}}</div>
    """#)

  private var choiceHTML: HTML {
    let spans = [("hour", page.texts("Hour")), ("day", page.texts("Day"))]
    return Self.choice(
      [
        "spans": spans.map { span, text -> [String: Any] in
          [
            "href": page.address(with: ["span": span]), "text": text,
            "isCurrent": (span == "day") == isDay,
          ]
        }
      ], page.texts)
  }

  func callAsFunction() async throws -> HTML {
    let answer = try await page.get(
      "jobs/figures", ["span": isDay ? "day" : "hour", "queue": .string(queue)])
    let types = answer["types"]?.elements ?? []
    let charted = types.filter { type.isEmpty || $0["type"]?.text == type }
    let heading =
      type.isEmpty ? page.texts("What was done") : page.texts("What {type} did", ["type": type])
    guard let begin = answer["dateBegin"]?.text.flatMap(Formats.date), !charted.isEmpty else {
      return Panel(heading, actionsHTML: choiceHTML)(
        page.muted(page.texts("No job has ended in this time.")), page)
    }
    let chart = SlotChart(
      title: heading, begin: begin, step: answer["step"]?.integer ?? 60,
      series: [
        .init(name: page.texts("Done"), counts: Self.sums(charted, "done")),
        .init(
          name: page.texts("Failed attempts"), counts: Self.sums(charted, "failed"), isBad: true),
      ])
    return Panel(heading, actionsHTML: choiceHTML)(chart(page), page)
      + Panel(page.texts("By type of job"), isPadded: false)(table(types), page)
  }

  private func table(_ types: [JSONValue]) -> HTML {
    let rows = types.sorted { Self.total($0, "done") > Self.total($1, "done") }
    return TableView(
      page: page,
      columns: [
        Column(page.texts("Type of job")) { kind, page in
          let (queue, type) = (kind["queue"]?.text ?? "", kind["type"]?.text ?? "")
          return page.link(
            type,
            to: "work/queues/\(PageRequest.encoded(queue))?type=\(PageRequest.encoded(type))"
              + (page.query("span") == "day" ? "&span=day" : ""))
        },
        Column("", .wide) { kind, page in DayChart.spark(Self.numbers(kind["done"]), page) },
        Column(page.texts("Done"), .number) { kind, page in
          page.plain(page.formats.number(Self.total(kind, "done")))
        },
        Column(page.texts("Failed attempts"), .number) { kind, page in
          page.plain(page.formats.number(Self.total(kind, "failed")))
        },
        Column(page.texts("Mean run"), .number) { Self.time($0["meanSeconds"], $1) },
        Column(page.texts("Half within"), .number) { Self.time($0["seconds50"], $1) },
        Column(page.texts("95 % within"), .number) { Self.time($0["seconds95"], $1) },
      ], rows: rows, caption: page.texts("What each type of job did"))()
  }

  private static func time(_ value: JSONValue?, _ page: PageRequest) -> HTML {
    page.plain(value?.text.flatMap(Double.init).map { page.formats.duration(seconds: $0) })
  }

  private static func numbers(_ value: JSONValue?) -> [Int] {
    (value?.elements ?? []).map { $0.integer ?? 0 }
  }

  private static func total(_ kind: JSONValue, _ member: String) -> Int {
    numbers(kind[member]).reduce(0, &+)
  }

  private static func sums(_ types: [JSONValue], _ member: String) -> [Int] {
    let all = types.map { numbers($0[member]) }
    let count = all.map(\.count).max() ?? 0
    return (0..<count).map { slot in
      all.reduce(0) { $0 &+ (slot < $1.count ? $1[slot] : 0) }
    }
  }
}
