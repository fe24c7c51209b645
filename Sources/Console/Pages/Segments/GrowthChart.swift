import API

/// The members of a segment by the day, as a drawing and as a table (CSL-6).
struct GrowthChart: Sendable {
  private let days: [String]
  private let (total, added, removed): ([Int], [Int], [Int])

  private static let (width, height) = (600.0, 200.0)

  /// - Parameter chart: The member `chart` of the API's answer.
  init(_ chart: JSONValue?) {
    func numbers(_ member: String) -> [Int] {
      (chart?[member]?.elements ?? []).map { $0.integer ?? 0 }
    }
    days = (chart?["labels"]?.elements ?? []).compactMap(\.text)
    (total, added, removed) = (numbers("total"), numbers("added"), numbers("removed"))
  }

  /// How many came and went in all.
  var came: Int { added.reduce(0, +) }
  var went: Int { removed.reduce(0, +) }

  private static let template = Template(
    #"""
    <figure class="chart"><div class="chart-box"><div class="chart-scale" aria-hidden="true">{{#scale}}<span>{{.}}</span>{{/scale}}</div>
    <svg viewBox="0 0 600 200" preserveAspectRatio="none" role="img" aria-label="{{label}}"><title>{{label}}</title><g class="series-1"><path class="plot-area" d="{{area}}"/><path class="plot-line" d="{{line}}"/></g></svg></div>
    <div class="chart-axis" aria-hidden="true">{{#axis}}<span>{{.}}</span>{{/axis}}</div></figure>
    <details class="unfold"><summary>[[Figures as a table]]</summary><div class="table-wrap"><table class="table loose"><caption class="sr">{{label}}</caption><thead><tr><th scope="col">[[Day]]</th><th scope="col" class="num">[[Contacts]]</th><th scope="col" class="num">[[Joined]]</th><th scope="col" class="num">[[Exited]]</th></tr></thead><tbody>{{#rows}}<tr><th scope="row">{{day}}</th><td class="num" data-label="[[Contacts]]">{{total}}</td><td class="num" data-label="[[Joined]]">{{added}}</td><td class="num" data-label="[[Exited]]">{{removed}}</td></tr>{{/rows}}</tbody></table></div></details>
    """#)

  func callAsFunction(_ page: PageRequest) -> HTML {
    guard days.count > 1, total.count == days.count, added.count == days.count,
      removed.count == days.count
    else { return .empty }
    let formats = page.formats
    let top = Self.top(total.max() ?? 0)
    let line = Self.path(total, top)
    let places = (0...4).map { $0 * (days.count - 1) / 4 }
    return Self.template(
      [
        "label": page.texts(
          "Contacts in the segment from {first} to {last}",
          [
            "first": formats.moment(days[0]), "last": formats.moment(days[days.count - 1]),
          ]),
        "scale": [top, top / 2, 0].map { formats.number($0) }, "line": line,
        "area": "\(line)L\(Self.width) \(Self.height)L0 \(Self.height)Z",
        "axis": places.map { place in
          formats.moment(days[place]).split(separator: " ").dropLast().joined(separator: " ")
        },
        "rows": days.indices.reversed().map { place in
          [
            "day": formats.moment(days[place]), "total": formats.number(total[place]),
            "added": formats.number(added[place]), "removed": formats.number(removed[place]),
          ]
        },
      ], page.texts)
  }

  /// The upper end of the scale: an even number of one digit and noughts, or two digits and noughts.
  private static func top(_ greatest: Int) -> Int {
    var unit = 2
    while unit < greatest / 10 { unit *= 10 }
    return max(2, (greatest + unit - 1) / unit * unit)
  }

  private static func path(_ counts: [Int], _ top: Int) -> String {
    let step = width / Double(counts.count - 1)
    return counts.enumerated().map { place, count in
      let x = (Double(place) * step * 10).rounded() / 10
      let y = ((height - Double(count) / Double(top) * height) * 10).rounded() / 10
      return "\(place == 0 ? "M" : "L")\(x) \(y)"
    }.joined()
  }
}
