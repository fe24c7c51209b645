/// What a widget shows.
package enum WidgetData: Sendable, Equatable {
  /// The look of a chart.
  package enum Chart: String, Sendable {
    case line, pie, map
  }

  /// A line of a chart.
  package struct Dataset: Sendable, Equatable {
    package var label: String
    /// A number for each label.
    package var values: [Int64]

  }

  /// A column of a table.
  package struct Column: Sendable, Equatable {
    package var title: String
    /// Whether its values are whole numbers.
    package var isNumber: Bool

    package init(title: String, isNumber: Bool) {
      self.title = title
      self.isNumber = isNumber
    }
  }

  /// Numbers by labels.
  case chart(Chart, labels: [String], datasets: [Dataset])
  /// Rows of texts.
  case table([Column], rows: [[String?]])
}
