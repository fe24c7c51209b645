import API
import Foundation

/// Numbers by slots of time as bars that stand on each other, and as a table for those who read (CSL-6).
struct SlotChart: Sendable {
  /// The bars of a colour.
  struct Series: Sendable {
    /// In the reader's language.
    var name: String
    /// A number for each slot.
    var counts: [Int]
    /// Whether it counts what should not be.
    var isBad = false
  }

  /// What is shown, in the reader's language.
  var title: String
  /// The beginning of the first slot.
  var begin: Date
  /// The seconds of a slot.
  var step: Int
  /// At most four, the lowest first.
  var series: [Series]
  /// Whether it takes less height.
  var isLow = false

  private static let (width, height) = (600.0, 200.0)

  private static let template = Template(
    #"""
    <figure class="chart bars"><div class="chart-box{{#isLow}} low{{/isLow}}"><div class="chart-scale" aria-hidden="true">{{#scale}}<span>{{.}}</span>{{/scale}}</div>
    <svg viewBox="0 0 600 200" preserveAspectRatio="none" role="img" aria-label="{{label}}"><title>{{label}}</title>{{#series}}<g class="series-{{kind}}">{{#bars}}<rect class="plot-bar" x="{{x}}" y="{{y}}" width="{{width}}" height="{{height}}"/>{{/bars}}</g>{{/series}}</svg></div>
    <div class="chart-axis" aria-hidden="true">{{#axis}}<span>{{.}}</span>{{/axis}}</div>
    <figcaption class="legend">{{#series}}<span class="series-{{kind}}">{{name}}</span>{{/series}}</figcaption></figure>
    <details class="unfold"><summary>[[Figures as a table]]</summary><div class="table-wrap"><table class="table loose"><caption class="sr">{{label}}</caption><thead><tr><th scope="col">[[From]]</th>{{#series}}<th scope="col" class="num">{{name}}</th>{{/series}}</tr></thead><tbody>{{#rows}}<tr><th scope="row">{{time}}</th>{{#cells}}<td class="num" data-label="{{name}}">{{count}}</td>{{/cells}}</tr>{{/rows}}</tbody></table></div></details>
    """#)

  func callAsFunction(_ page: PageRequest) -> HTML {
    let count = series.map(\.counts.count).min() ?? 0
    guard count > 1 else { return .empty }
    let sums = (0..<count).map { slot in series.reduce(0) { $0 &+ $1.counts[slot] } }
    let top = Self.ceiling(sums.max() ?? 0)
    let shown = (0..<count).filter { sums[$0] > 0 }
    return Self.template(
      [
        "label": page.texts(
          "{title}, {first} to {last}",
          ["title": title, "first": time(0, page), "last": time(count, page)]),
        "isLow": isLow, "scale": [top, top / 2, 0].map { page.formats.number($0) },
        "axis": (0...4).map { time($0 * count / 4, page) },
        "series": series.enumerated().map { place, one -> [String: Any] in
          [
            "kind": one.isBad ? "bad" : "\(place + 1)", "name": one.name,
            "bars": bars(place, count, top),
          ]
        },
        "rows": shown.map { slot -> [String: Any] in
          [
            "time": time(slot, page),
            "cells": series.map {
              ["name": $0.name, "count": page.formats.number($0.counts[slot])] as [String: Any]
            },
          ]
        },
      ], page.texts)
  }

  /// The bars of a series, upon those below it.
  private func bars(_ place: Int, _ count: Int, _ top: Int) -> [[String: Any]] {
    let slotWidth = Self.width / Double(count)
    func drawn(_ number: Double) -> Double { (number * 10).rounded() / 10 }
    return (0..<count).compactMap { slot in
      let number = series[place].counts[slot]
      guard number > 0 else { return nil }
      let below = series[..<place].reduce(0) { $0 &+ $1.counts[slot] }
      // A single job among millions is still seen.
      let height = max(2, Double(number) / Double(top) * Self.height)
      let floor = Double(below) / Double(top) * Self.height
      return [
        "x": drawn(Double(slot) * slotWidth + slotWidth * 0.1),
        "y": drawn(max(0, Self.height - floor - height)), "width": drawn(slotWidth * 0.8),
        "height": drawn(height),
      ]
    }
  }

  /// The time of day at which a slot begins, in the reader's zone.
  private func time(_ slot: Int, _ page: PageRequest) -> String {
    String(page.formats.moment(begin.addingTimeInterval(Double(slot * step))).suffix(5))
  }

  /// The upper end of the scale: an even number of one or two digits and noughts.
  private static func ceiling(_ greatest: Int) -> Int {
    var unit = 2
    while unit < greatest / 10 { unit *= 10 }
    return max(2, (greatest + unit - 1) / unit * unit)
  }
}
