package import Primitives

/// A condition of a report on a column.
package struct ReportFilter: Sendable, Equatable, Codable {
  /// The column's name on the wire, such as `l.email`.
  package var column: String
  /// One of ``ReportCondition``.
  package var condition: ReportCondition
  /// The value or the list of values; null where the condition needs none.
  package var value: JSONValue
  /// Whether a new group begins here: groups are joined by OR, the conditions of a group by AND.
  package var beginsGroup: Bool

  package init(
    _ column: String, _ condition: ReportCondition, _ value: JSONValue = .null,
    beginsGroup: Bool = false
  ) {
    self.column = column
    self.condition = condition
    self.value = value
    self.beginsGroup = beginsGroup
  }
}

/// The comparison of a filter.
package enum ReportCondition: String, Sendable, CaseIterable, Codable {
  case eq, neq, gt, gte, lt, lte, like, notLike, `in`, notIn, between, notBetween, empty, notEmpty
  case startsWith, endsWith, contains

  /// Whether it compares with a value at all.
  package var needsValue: Bool { self != .empty && self != .notEmpty }
}

/// A column by which the rows of a report are ordered.
package struct ReportOrder: Sendable, Equatable, Codable {
  /// The column's name on the wire, or an aggregate such as `COUNT l.id`.
  package var column: String
  package var isDescending: Bool

  package init(_ column: String, isDescending: Bool = false) {
    self.column = column
    self.isDescending = isDescending
  }
}

/// A figure of each group of rows.
package struct ReportAggregator: Sendable, Equatable, Codable {
  /// What is computed.
  package enum Function: String, Sendable, CaseIterable, Codable {
    case count = "COUNT"
    case average = "AVG"
    case sum = "SUM"
    case least = "MIN"
    case greatest = "MAX"
  }

  package var function: Function
  /// The column's name on the wire.
  package var column: String

  package init(_ function: Function, _ column: String) {
    self.function = function
    self.column = column
  }

  /// The name in answers, such as `COUNT l.id`.
  package var name: String { "\(function.rawValue) \(column)" }
}

/// When a report is sent, and to whom.
package struct ReportSchedule: Sendable, Equatable, Codable {
  /// How often.
  package enum Unit: String, Sendable, CaseIterable, Codable {
    case now = "NOW"
    case daily = "DAILY"
    case weekly = "WEEKLY"
    case monthly = "MONTHLY"
  }

  /// The days on which a weekly or monthly report is sent.
  package enum Day: String, Sendable, CaseIterable, Codable {
    case monday = "MONDAY"
    case tuesday = "TUESDAY"
    case wednesday = "WEDNESDAY"
    case thursday = "THURSDAY"
    case friday = "FRIDAY"
    case saturday = "SATURDAY"
    case sunday = "SUNDAY"
    case weekDays = "WEEK_DAYS"
  }

  /// Whether it is sent at all.
  package var isActive = false
  package var unit: Unit?
  package var day: Day?
  /// `1` for the first such day of a month, `-1` for the last.
  package var monthFrequency: String?
  /// Addresses, separated by commas.
  package var toAddress: String?

  package init() {}
}
