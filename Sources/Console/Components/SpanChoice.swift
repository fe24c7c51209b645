import Foundation

/// The choice of how many days a page looks back, by the parameter `days`.
struct SpanChoice: Sendable {
  let page: PageRequest
  /// The spans, in days; the one chosen where none is.
  var spans = [30, 90, 365]
  var standard = 30

  private static let template = Template(
    #"""
    <div class="buttons" role="group" aria-label="[[Days shown]]">{{#spans}}<a class="button small" href="{{href}}"{{#isCurrent}} aria-current="true"{{/isCurrent}}>{{text}}</a>{{/spans}}</div>
    """#)

  /// How many days are shown.
  var days: Int {
    let asked = page.query("days").flatMap { Int($0) } ?? standard
    return spans.contains(asked) ? asked : standard
  }

  /// The first day, in UTC: `2026-12-03`.
  var first: String {
    day(page.console.clock.now.addingTimeInterval(-Double(days - 1) * 86_400))
  }

  /// Today, in UTC.
  var last: String { day(page.console.clock.now) }

  private func day(_ date: Date) -> String {
    String(Formats(.english, zone: nil).input(date).prefix(10))
  }

  func callAsFunction() -> HTML {
    let current = days
    return Self.template(
      [
        "spans": spans.map { days -> [String: Any] in
          [
            "href": page.address(with: ["days": String(days)]), "isCurrent": days == current,
            "text": page.texts("{days} days", ["days": page.formats.number(days)]),
          ]
        }
      ], page.texts)
  }
}
