import Reports

/// What a widget shows as JSON: with what draws it, or the figures alone. It is never empty, even without figures.
struct WidgetView {
  let data: WidgetData
  let isRaw: Bool
  /// The height of the widget in pixels.
  let height: Int

  /// The part of the height that its heading takes.
  private static let heading = 80

  init(_ data: WidgetData, isRaw: Bool, height: Int) {
    self.data = data
    self.isRaw = isRaw
    self.height = height
  }

  var json: JSONValue {
    switch data {
    case .chart(let chart, let labels, let datasets):
      isRaw ? Self.raw(labels, datasets) : self.chart(chart, labels, datasets)
    case .table(let columns, let rows):
      [
        "headItems": .array(columns.map { .string($0.title) }),
        "bodyItems": .array(
          rows.map { row in .array(zip(columns, row).map { cell($1, $0) }) }),
      ]
    }
  }

  private func chart(
    _ chart: WidgetData.Chart, _ labels: [String], _ datasets: [WidgetData.Dataset]
  ) -> JSONValue {
    [
      "chartType": .string(chart.rawValue), "chartHeight": .int(max(0, height - Self.heading)),
      "chartData": [
        "labels": .array(labels.map(JSONValue.string)),
        "datasets": .array(
          datasets.map { dataset in
            [
              "label": .string(dataset.label),
              "data": .array(dataset.values.map { .int(Int($0)) }),
            ]
          }),
      ],
    ]
  }

  /// The number of each label by the names of lines.
  private static func raw(_ labels: [String], _ datasets: [WidgetData.Dataset]) -> JSONValue {
    .object(
      JSONObject(
        datasets.map { dataset in
          let numbers = zip(labels, dataset.values).map { ($0, JSONValue.int(Int($1))) }
          return (dataset.label, numbers.isEmpty ? [] : .object(JSONObject(numbers)))
        }))
  }

  private func cell(_ text: String?, _ column: WidgetData.Column) -> JSONValue {
    let number = column.isNumber ? text.flatMap { Int($0) } : nil
    let value = number.map(JSONValue.int) ?? JSONValue(text)
    return isRaw ? value : ["value": value]
  }
}
