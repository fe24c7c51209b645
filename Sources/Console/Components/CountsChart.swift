import API

/// Counts by the day as a drawing, with the figures as a table for those who read (CSL-6).
struct CountsChart: Sendable {
  /// A line of the chart.
  struct Series: Sendable {
    /// In the reader's language.
    var name: String
    /// The counts, one for each day.
    var counts: [Int]
  }

  /// The days, `2026-12-03`.
  var days: [String]
  var series: [Series]

  /// - Parameters:
  ///   - data: The answer of a widget in time, asked for with `dataFormat=raw`.
  ///   - names: What the API calls the lines, and what readers do; of others nothing is shown.
  init(_ data: JSONValue?, names: KeyValuePairs<String, String>) {
    var days: [String] = []
    var series: [Series] = []
    for (label, name) in names {
      guard case .object(let line)? = data?[label] else { continue }
      if days.isEmpty { days = line.keys }
      series.append(Series(name: name, counts: days.map { line[$0]?.integer ?? 0 }))
    }
    self.days = days
    self.series = series
  }

  /// Whether nothing was counted at all.
  var isEmpty: Bool { series.allSatisfy { $0.counts.allSatisfy { $0 == 0 } } }

  private static let (width, height) = (600.0, 200.0)

  private static let template = Template(
    #"""
    <figure class="chart"><div class="chart-box low"><div class="chart-scale" aria-hidden="true">{{#scale}}<span>{{.}}</span>{{/scale}}</div>
    <svg viewBox="0 0 600 200" preserveAspectRatio="none" role="img" aria-label="{{label}}"><title>{{label}}</title>{{#lines}}<g class="series-{{number}}"><path class="plot-area" d="{{area}}"/><path class="plot-line" d="{{line}}"/></g>{{/lines}}</svg></div>
    <div class="chart-axis" aria-hidden="true"><span>{{first}}</span><span>{{last}}</span></div>
    <figcaption class="legend">{{#lines}}<span class="series-{{number}}">{{name}}</span>{{/lines}}</figcaption></figure>
    <details class="unfold"><summary>[[Figures as a table]]</summary><div class="table-wrap"><table class="table loose"><thead><tr><th scope="col">[[Day]]</th>{{#lines}}<th scope="col" class="num">{{name}}</th>{{/lines}}</tr></thead><tbody>{{#rows}}<tr><th scope="row">{{day}}</th>{{#cells}}<td class="num" data-label="{{name}}">{{count}}</td>{{/cells}}</tr>{{/rows}}</tbody></table></div></details>
    """#)

  func callAsFunction(_ page: PageRequest) -> HTML {
    guard !days.isEmpty else { return .empty }
    let formats = page.formats
    let most = Self.rounded(series.flatMap(\.counts).max() ?? 0)
    let named = series.map(\.name).joined(separator: ", ")
    let (first, last) = (formats.moment(days.first ?? ""), formats.moment(days.last ?? ""))
    return Self.template(
      [
        "scale": [most, most / 2, 0].map(formats.number),
        "label": page.texts(
          "{names} by the day, {first} to {last}",
          ["names": named, "first": first, "last": last]),
        "first": first, "last": last,
        "lines": series.enumerated().map { place, series -> [String: Any] in
          let line = Self.path(series.counts, most: most)
          return [
            "number": place + 1, "name": series.name, "line": line,
            "area": "\(line)L\(Self.width) \(Self.height)L0 \(Self.height)Z",
          ]
        },
        "rows": days.indices.reversed().map { place -> [String: Any] in
          [
            "day": formats.moment(days[place]),
            "cells": series.map {
              ["name": $0.name, "count": formats.number($0.counts[place])] as [String: Any]
            },
          ]
        },
      ], page.texts)
  }

  /// An even number at the top of the scale.
  private static func rounded(_ most: Int) -> Int {
    var step = 2
    while step < most {
      for factor in [2, 4, 6, 8, 10] where step * factor / 2 >= most { return step * factor / 2 }
      let (next, isOverflow) = step.multipliedReportingOverflow(by: 10)
      if isOverflow { return most }
      step = next
    }
    return step
  }

  private static func path(_ counts: [Int], most: Int) -> String {
    let step = counts.count > 1 ? width / Double(counts.count - 1) : 0
    return counts.enumerated().map { place, count in
      let x = (Double(place) * step * 10).rounded() / 10
      let y = ((height - Double(count) / Double(max(most, 1)) * (height - 8)) * 10).rounded() / 10
      return "\(place == 0 ? "M" : "L")\(x) \(y)"
    }.joined()
  }
}
