import API

/// Numbers by the day as lines, and as a table for those who read (CSL-6).
struct DayChart: Sendable {
  /// A line.
  struct Line: Sendable {
    /// In the reader's language.
    var name: String
    /// A number for each day.
    var counts: [Int]
  }

  /// What is shown, in the reader's language.
  var title: String
  /// The days, `2026-12-03`.
  var days: [String]
  /// At most four.
  var lines: [Line]

  /// Whether nothing was counted.
  var isEmpty: Bool { lines.allSatisfy { $0.counts.allSatisfy { $0 == 0 } } }

  private static let (width, height) = (600.0, 200.0)

  private static let template = Template(
    #"""
    <figure class="chart"><div class="chart-box"><div class="chart-scale" aria-hidden="true">{{#scale}}<span>{{.}}</span>{{/scale}}</div>
    <svg viewBox="0 0 600 200" preserveAspectRatio="none" role="img" aria-label="{{label}}"><title>{{label}}</title>{{#lines}}<g class="series-{{number}}">{{#isFirst}}<path class="plot-area" d="{{path}}L600 200L0 200Z"/>{{/isFirst}}<path class="plot-line" d="{{path}}"/></g>{{/lines}}</svg></div>
    <div class="chart-axis" aria-hidden="true">{{#axis}}<span>{{.}}</span>{{/axis}}</div>
    <figcaption class="legend">{{#lines}}<span class="series-{{number}}">{{name}}</span>{{/lines}}</figcaption></figure>
    <details class="unfold"><summary>[[Figures as a table]]</summary><div class="table-wrap"><table class="table loose"><caption class="sr">{{label}}</caption><thead><tr><th scope="col">[[Day]]</th>{{#lines}}<th scope="col" class="num">{{name}}</th>{{/lines}}</tr></thead><tbody>{{#rows}}<tr><th scope="row">{{day}}</th>{{#cells}}<td class="num" data-label="{{name}}">{{count}}</td>{{/cells}}</tr>{{/rows}}</tbody></table></div></details>
    """#)

  func callAsFunction(_ page: PageRequest) -> HTML {
    let lines = lines.filter { $0.counts.count == days.count }
    guard days.count > 1, !lines.isEmpty else { return .empty }
    let formats = page.formats
    let top = Self.ceiling(lines.flatMap(\.counts).max() ?? 0)
    let places = (0...4).map { $0 * (days.count - 1) / 4 }
    return Self.template(
      [
        "label": page.texts(
          "{title} by the day, {first} to {last}",
          [
            "title": title, "first": formats.moment(days[0]),
            "last": formats.moment(days[days.count - 1]),
          ]),
        "scale": [top, top / 2, 0].map { formats.number($0) },
        "axis": places.map { Self.short(formats.moment(days[$0])) },
        "lines": lines.enumerated().map { place, line -> [String: Any] in
          [
            "number": place + 1, "name": line.name, "isFirst": place == 0,
            "path": Self.path(line.counts, top: top, width: Self.width, height: Self.height),
          ]
        },
        "rows": days.indices.reversed().map { place -> [String: Any] in
          [
            "day": formats.moment(days[place]),
            "cells": lines.map {
              ["name": $0.name, "count": formats.number($0.counts[place])] as [String: Any]
            },
          ]
        },
      ], page.texts)
  }

  private static let sparkTemplate = Template(
    #"""
    <svg class="spark series-1" viewBox="0 0 88 24" preserveAspectRatio="none" aria-hidden="true"><path class="plot-area" d="{{path}}L88 24L0 24Z"/><path class="plot-line" d="{{path}}"/></svg>
    """#)

  /// A small line without a scale, beside a figure that says the same.
  static func spark(_ numbers: [Int], _ page: PageRequest) -> HTML {
    guard numbers.count > 1, let least = numbers.min(), let most = numbers.max() else {
      return .empty
    }
    let counts = numbers.map { $0 - least }
    let line = path(counts, top: max(1, most - least), width: 88, height: 22)
    return sparkTemplate(["path": line], page.texts)
  }

  /// The axis has no room for years.
  private static func short(_ day: String) -> String {
    day.split(separator: " ").dropLast().joined(separator: " ")
  }

  /// The upper end of the scale: an even number of one or two digits and noughts.
  private static func ceiling(_ greatest: Int) -> Int {
    var unit = 2
    while unit < greatest / 10 { unit *= 10 }
    return max(2, (greatest + unit - 1) / unit * unit)
  }

  private static func path(_ counts: [Int], top: Int, width: Double, height: Double) -> String {
    let step = width / Double(counts.count - 1)
    return counts.enumerated().map { place, count in
      let x = (Double(place) * step * 10).rounded() / 10
      let y = ((height - Double(count) / Double(top) * height) * 10).rounded() / 10
      return "\(place == 0 ? "M" : "L")\(x) \(y)"
    }.joined()
  }
}
