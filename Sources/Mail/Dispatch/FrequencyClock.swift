import Foundation
import Postgres

/// Computes rolling periods (EML-241) and the next attempt of held messages (EML-243).
enum FrequencyClock {
  /// Returns the instant a day, a week or a month later.
  static func next(_ instant: Date, _ unit: FrequencyRule.Unit) -> Date {
    switch unit {
    case .day: instant.addingTimeInterval(86_400)
    case .week: instant.addingTimeInterval(7 * 86_400)
    case .month: month(1, after: instant)
    }
  }

  /// Returns the beginning of the rolling period that ends at an instant.
  static func since(_ instant: Date, _ unit: FrequencyRule.Unit) -> Date {
    switch unit {
    case .day: instant.addingTimeInterval(-86_400)
    case .week: instant.addingTimeInterval(-7 * 86_400)
    case .month: month(-1, after: instant)
    }
  }

  private static let calendar: Calendar = {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    return calendar
  }()

  private static func month(_ count: Int, after instant: Date) -> Date {
    calendar.date(byAdding: .month, value: count, to: instant)
      ?? instant.addingTimeInterval(Double(count) * 30 * 86_400)
  }
}
