package import Contacts
import Fields
import Foundation

/// What is asked of a widget.
package struct WidgetRequest: Sendable {
  /// The width of a chart's steps.
  package enum Unit: String, Sendable, CaseIterable {
    case year = "Y"
    case month = "m"
    case week = "W"
    case day = "d"
    case hour = "H"
    case minute = "i"
    case second = "s"

    /// Its shortest length in seconds.
    var seconds: Double {
      switch self {
      case .year: 365 * 86_400
      case .month: 28 * 86_400
      case .week: 7 * 86_400
      case .day: 86_400
      case .hour: 3_600
      case .minute: 60
      case .second: 1
      }
    }
  }

  /// The most steps of a chart.
  package static let mostSteps = 1_100
  /// The most rows of a table.
  package static let mostRows = 1_000
  /// The names of filters that widgets know; each takes the id of a record.
  package static let filterNames = [
    "assetId", "campaignId", "emailId", "formId", "pageId", "segmentId", "stageId", "reportId",
  ]

  package let window: ReportWindow
  /// The time zone in which days begin, by its IANA name.
  package let zone: String
  package let unit: Unit
  /// The most rows of a table.
  package let limit: Int
  /// The ids of records by the names of filters.
  package let filters: [String: Int64]
  /// The lines of a chart, in lower case; none for those that it shows by default.
  package let datasets: Set<String>

  /// Creates a request.
  ///
  /// - Throws: `InvalidInput` where a chart would have too many steps.
  package init(
    window: ReportWindow, zone: String = "UTC", unit: Unit = .day, limit: Int = 10,
    filters: [String: Int64] = [:], datasets: Set<String> = []
  ) throws(InvalidInput) {
    let steps = window.to.timeIntervalSince(window.from) / unit.seconds
    guard steps < Double(Self.mostSteps - 1) else {
      throw InvalidInput(
        "timeUnit",
        "\(InvalidInput.shown(unit.rawValue)) gives more than \(Self.mostSteps) steps from dateFrom to dateTo"
      )
    }
    self.window = window
    self.zone = zone
    self.unit = unit
    self.limit = min(max(1, limit), Self.mostRows)
    self.filters = filters
    self.datasets = datasets
  }

  /// Returns the name of a time zone as the database knows it.
  ///
  /// - Throws: `InvalidInput` naming the member `timezone`.
  package static func zone(_ text: String) throws(InvalidInput) -> String {
    guard let name = ValueList.timeZones.canonical(text) else {
      throw InvalidInput("timezone", "\(InvalidInput.shown(text)) is no time zone")
    }
    return name
  }
}
