import Postgres

/// How a widget is read.
enum WidgetPlan {
  /// A line of a chart over time.
  struct Line {
    var label: String
    /// Whether it is shown where a request names no lines.
    var isStandard = true
    /// A query that returns the instant `at` and what is added up for it, `n`.
    var events: SQL
    /// What is shown of each step.
    var figure: SQL = "sum(n)::bigint"
  }

  /// Lines over time.
  case time([Line])
  /// A query that returns labels and whole numbers, and the name of these numbers.
  case shares(WidgetData.Chart, title: String, SQL)
  /// A query that returns texts, and the titles of its columns, numbers with `#` behind them.
  case table([String], SQL)
}

extension WidgetPlan {
  /// The columns of a table by their titles.
  static func columns(_ titles: [String]) -> [WidgetData.Column] {
    titles.map { title in
      title.hasSuffix("#")
        ? WidgetData.Column(title: String(title.dropLast()), isNumber: true)
        : WidgetData.Column(title: title, isNumber: false)
    }
  }

  /// The lines that a request wants; those shown by default where it names none that there is.
  static func lines(_ lines: [Line], of request: WidgetRequest) -> [Line] {
    let named = lines.filter { request.datasets.contains($0.label.lowercased()) }
    return named.isEmpty ? lines.filter(\.isStandard) : named
  }

  /// A query for the steps of a chart in order, in the request's time zone and without gaps: the label, and a number for
  /// each line.
  static func steps(_ lines: [Line], of request: WidgetRequest) -> SQL {
    let (unit, format, zone) = (request.unit.trunc, request.unit.format, request.zone)
    var numbers: SQL = ""
    var joins: SQL = ""
    for (place, line) in lines.enumerated() {
      let alias: SQL = "\(identifier: "l\(place)")"
      numbers += ", coalesce(\(sql: alias).figure, 0)::bigint"
      joins += """
         LEFT JOIN (
          SELECT date_trunc(\(literal: unit), e.at AT TIME ZONE \(zone)) AS step,
            \(sql: line.figure) AS figure
          FROM (\(sql: line.events)) AS e GROUP BY 1
        ) AS \(sql: alias) ON \(sql: alias).step = steps.step
        """
    }
    return """
      SELECT to_char(steps.step, \(literal: format)) \(sql: numbers)
      FROM generate_series(
        date_trunc(\(literal: unit), \(request.window.from)::timestamptz AT TIME ZONE \(zone)),
        date_trunc(\(literal: unit), \(request.window.to)::timestamptz AT TIME ZONE \(zone)),
        \(literal: request.unit.interval)) AS steps (step) \(sql: joins)
      ORDER BY steps.step
      """
  }
}

extension WidgetRequest.Unit {
  /// The unit as `date_trunc` knows it, in quotes.
  fileprivate var trunc: StaticString {
    switch self {
    case .year: "'year'"
    case .month: "'month'"
    case .week: "'week'"
    case .day: "'day'"
    case .hour: "'hour'"
    case .minute: "'minute'"
    case .second: "'second'"
    }
  }

  fileprivate var interval: StaticString {
    switch self {
    case .year: "interval '1 year'"
    case .month: "interval '1 month'"
    case .week: "interval '1 week'"
    case .day: "interval '1 day'"
    case .hour: "interval '1 hour'"
    case .minute: "interval '1 minute'"
    case .second: "interval '1 second'"
    }
  }

  /// The form of a step's label; a week is called by its Monday.
  fileprivate var format: StaticString {
    switch self {
    case .year: "'YYYY'"
    case .month: "'YYYY-MM'"
    case .week, .day: "'YYYY-MM-DD'"
    case .hour, .minute: "'YYYY-MM-DD HH24:MI'"
    case .second: "'YYYY-MM-DD HH24:MI:SS'"
    }
  }
}
