import API

/// The engagements and points of six months by the week, as a drawing and as a table (CSL-6).
struct EngagementChart: Sendable {
  let days: [String]
  /// Engagements, points.
  let series: [[Int]]

  private static let (width, height) = (600.0, 120.0)

  /// - Parameter answer: Of the API's engagements of a contact.
  init(_ answer: JSONValue) {
    let chart = answer["engagements"]
    days = (chart?["labels"]?.elements ?? []).compactMap(\.text)
    series = (chart?["datasets"]?.elements ?? []).map { dataset in
      (dataset["data"]?.elements ?? []).map { $0.integer ?? 0 }
    }
  }

  private static let template = Template(
    #"""
    <figure class="chart"><div class="chart-box low"><div class="chart-scale" aria-hidden="true">{{#scale}}<span>{{.}}</span>{{/scale}}</div>
    <svg viewBox="0 0 600 120" preserveAspectRatio="none" role="img" aria-label="{{label}}"><title>{{label}}</title>{{#lines}}<g class="series-{{number}}">{{#area}}<path class="plot-area" d="{{area}}"/>{{/area}}<path class="plot-line" d="{{line}}"/></g>{{/lines}}</svg></div>
    <svg class="chart-months" viewBox="0 0 600 16" preserveAspectRatio="none" aria-hidden="true">{{#months}}<line x1="{{x}}" x2="{{x}}" y1="0" y2="5"/>{{/months}}</svg>
    <svg class="chart-names" aria-hidden="true">{{#months}}<text x="{{share}}%" y="12">{{name}}</text>{{/months}}</svg>
    <figcaption class="legend">{{#lines}}<span class="series-{{number}}">{{name}}</span>{{/lines}}</figcaption></figure>
    <details class="unfold"><summary>[[Figures as a table]]</summary><div class="table-wrap"><table class="table loose"><caption class="sr">{{label}}</caption><thead><tr><th scope="col">[[Week of]]</th>{{#lines}}<th scope="col" class="num">{{name}}</th>{{/lines}}</tr></thead><tbody>{{#rows}}<tr><th scope="row">{{day}}</th>{{#cells}}<td class="num" data-label="{{name}}">{{count}}</td>{{/cells}}</tr>{{/rows}}</tbody></table></div></details>
    """#)

  func callAsFunction(_ page: PageRequest) -> HTML {
    guard !days.isEmpty, series.count > 1 else { return .empty }
    let formats = page.formats
    let names = [page.texts("Engagements"), page.texts("Points")]
    let all = series.joined()
    let (top, bottom) = (max(all.max() ?? 0, 1), min(all.min() ?? 0, 0))
    return Self.template(
      [
        "label": page.texts("Engagements and points of the last six months, by the week"),
        "scale": [formats.number(top), "", formats.number(bottom)],
        "months": months(formats),
        "lines": zip(series, names).enumerated().map { place, line -> [String: Any] in
          let path = Self.path(line.0, top, bottom)
          return [
            "number": place + 1, "name": line.1, "line": path,
            "area": place == 0 ? "\(path)L\(Self.width) \(Self.height)L0 \(Self.height)Z" : "",
          ]
        },
        "rows": days.indices.reversed().map { place -> [String: Any] in
          [
            "day": formats.moment(days[place]),
            "cells": zip(series, names).map { line, name in
              [
                "name": name,
                "count": formats.number(line.indices.contains(place) ? line[place] : 0),
              ] as [String: Any]
            },
          ]
        },
      ], page.texts)
  }

  /// The months along the axis: the first week of each names it, where it stands. One that has hardly begun has no
  /// room for its name.
  private func months(_ formats: Formats) -> [[String: Any]] {
    var (months, last) = ([[String: Any]](), "")
    for (place, day) in days.enumerated() where day.prefix(7) != last {
      last = String(day.prefix(7))
      let share = days.count > 1 ? Double(place) / Double(days.count - 1) : 0
      months.append([
        "x": (share * Self.width * 10).rounded() / 10, "share": (share * 1000).rounded() / 10,
        "name": share > 0.94
          ? "" : formats.moment(day).split(separator: " ").dropFirst().prefix(1).joined(),
      ])
    }
    return months
  }

  private static func path(_ counts: [Int], _ top: Int, _ bottom: Int) -> String {
    let step = counts.count > 1 ? width / Double(counts.count - 1) : 0
    let span = Double(top) - Double(bottom)
    return counts.enumerated().map { place, count in
      let x = (Double(place) * step * 10).rounded() / 10
      let share = (Double(count) - Double(bottom)) / span
      let y = ((height - share * (height - 8)) * 10).rounded() / 10
      return "\(place == 0 ? "M" : "L")\(x) \(y)"
    }.joined()
  }
}
