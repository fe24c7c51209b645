import API

/// A drawing of what happened with an e-mail by the day, with the same as a table.
struct EmailChart: Sendable {
  /// A line of it.
  struct Line: Sendable {
    /// In the reader's language.
    var label: String
    /// A number for each day.
    var counts: [Int]
  }

  /// The days, as the API writes them.
  let days: [String]
  let lines: [Line]
  let page: PageRequest

  /// - Parameters:
  ///   - answer: What the API answers for the figures of e-mails in time.
  ///   - labels: What its lines are called, by the names of the API.
  init(_ answer: JSONValue, labels: [(name: String, label: String)], page: PageRequest) {
    let data = answer["data"]?["chartData"]
    days = (data?["labels"]?.elements ?? []).compactMap(\.text)
    let sets = data?["datasets"]?.elements ?? []
    lines = labels.compactMap { name, label in
      sets.first { $0["label"]?.text == name }.map { set in
        Line(label: label, counts: (set["data"]?.elements ?? []).map { $0.integer ?? 0 })
      }
    }
    self.page = page
  }

  /// Whether nothing happened on any of the days.
  var isEmpty: Bool { lines.allSatisfy { line in line.counts.allSatisfy { $0 == 0 } } }

  private static let template = Template(
    #"""
    <figure class="chart"><div class="chart-box"><div class="chart-scale" aria-hidden="true">{{#scale}}<span>{{.}}</span>{{/scale}}</div>
    <svg viewBox="0 0 600 200" preserveAspectRatio="none" role="img" aria-labelledby="chart-title"><title id="chart-title">{{title}}</title>{{#lines}}<g class="series-{{number}}">{{#area}}<path class="plot-area" d="{{.}}"/>{{/area}}<path class="plot-line" d="{{path}}"/></g>{{/lines}}</svg></div>
    <div class="chart-axis" aria-hidden="true">{{#axis}}<span>{{.}}</span>{{/axis}}</div>
    <figcaption class="legend">{{#lines}}<span class="series-{{number}}">{{label}}</span>{{/lines}}</figcaption>
    <details class="unfold"><summary>[[As a table]]</summary><div class="table-wrap"><table class="table loose"><caption class="sr">{{title}}</caption><thead><tr><th scope="col">[[Day]]</th>{{#lines}}<th scope="col" class="num">{{label}}</th>{{/lines}}</tr></thead><tbody>{{#rows}}<tr><th scope="row">{{day}}</th>{{#cells}}<td class="num" data-label="{{label}}">{{count}}</td>{{/cells}}</tr>{{/rows}}</tbody></table></div></details></figure>
    """#)

  func callAsFunction(_ title: String) -> HTML {
    let top = Self.top(lines.flatMap(\.counts).max() ?? 0)
    let names = days.map(page.formats.moment)
    let formats = page.formats
    return Self.template(
      [
        "title": title, "scale": (0...4).reversed().map { formats.number(top * $0 / 4) },
        "axis": Self.spread(names),
        "lines": lines.enumerated().map { place, line -> [String: Any] in
          let path = Self.path(line.counts, top: top)
          return [
            "number": place + 1, "label": line.label, "path": path,
            "area": place == 0 ? path + "L600 200L0 200Z" : "",
          ]
        },
        "rows": names.enumerated().map { place, day -> [String: Any] in
          [
            "day": day,
            "cells": lines.map { line -> [String: Any] in
              [
                "label": line.label,
                "count": formats.number(
                  line.counts.indices.contains(place) ? line.counts[place] : 0),
              ]
            },
          ]
        },
      ], page.texts)
  }

  /// The end of the scale: a multiple of four with few digits.
  static func top(_ most: Int) -> Int {
    var unit = 4
    while unit < most {
      if unit * 5 / 2 >= most, unit >= 40 { return unit * 5 / 2 }
      if unit * 5 >= most { return unit * 5 }
      unit *= 10
    }
    return unit
  }

  private static func path(_ counts: [Int], top: Int) -> String {
    let step = 600 / Double(max(1, counts.count - 1))
    return counts.enumerated().map { place, count in
      let x = (Double(place) * step * 10).rounded() / 10
      let y = (2000 - Double(count) / Double(top) * 2000).rounded() / 10
      return "\(place == 0 ? "M" : "L")\(x) \(y)"
    }.joined()
  }

  /// At most five of the days, at equal distances.
  private static func spread(_ days: [String]) -> [String] {
    guard days.count > 5 else { return days }
    return (0...4).map { days[$0 * (days.count - 1) / 4] }
  }
}
