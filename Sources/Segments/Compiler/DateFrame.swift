import Foundation
import Primitives

/// Collects the next instant at which filters on the calendar can give another result.
struct NextChange {
  /// The earliest such instant.
  private(set) var date: Date?

  mutating func note(_ other: Date?) {
    guard let other else { return }
    date = date.map { min($0, other) } ?? other
  }
}

/// The rules for comparing dates in a filter: by day or by instant, in which zone and column type.
struct DateFrame {
  /// Days are compared as whole days; otherwise instants, to the second.
  private let isDay: Bool
  private let storage: ValueStorage
  private let calendar: LocalCalendar

  /// Creates the frame of a filter (SEG-40 to SEG-42).
  ///
  /// The field decides (SEG-39). On a column of instants, a filter of type `date` compares days;
  /// `date_identified` is offered as a day and accepted as an instant too.
  init(subject: FilterSubject, sentType: String, local: LocalCalendar, utc: LocalCalendar) {
    storage = subject.storage
    switch (subject.storage, subject.kind) {
    case (.instant, .date): isDay = !(subject.acceptsInstants && sentType == "datetime")
    case (.instant, _): isDay = sentType == "date"
    default: isDay = true
    }
    calendar = isDay ? local : utc
  }

  /// The format of values where their characters are compared.
  var form: DateForm {
    guard isDay else { return .second }
    return storage == .instant ? .dayOf(calendar.zone) : .day
  }

  func test(
    _ form: FilterOperator, _ reader: FilterValueReader, _ change: inout NextChange
  ) throws(FilterProblem) -> ValueTest {
    if form == .between {
      let (first, second) = try reader.pair()
      if !reader.isStrict, first.isBlank || second.isBlank { return .nothing }
      let lower = try phrase(first, reader)
      let upper = try phrase(second, reader)
      change.note(calendar.next(lower.rhythm))
      change.note(calendar.next(upper.rhythm))
      guard let from = span(lower, widened: false)?.start,
        let before = span(upper, widened: false)?.end
      else { throw reader.problem("a range of dates cannot end with an anniversary") }
      return .dates(from: edge(from), before: edge(before))
    }
    let value = try reader.single()
    // Stored without a value, which equals no date (SEG-31).
    if value.isBlank { return .nothing }
    let phrase = try phrase(value, reader)
    change.note(calendar.next(phrase.rhythm))
    if case .anniversary(let offset) = phrase {
      let civil = CivilDay.date(offset.day(today: calendar.today))
      return .monthAndDay(civil.month, civil.day, zone: calendar.zone)
    }
    // Only "on that day" covers the whole day of an offset (SEG-52).
    guard let span = span(phrase, widened: form == .equal) else { return .nothing }
    switch form {
    case .greater: return .dates(from: edge(span.end), before: nil)
    case .greaterOrEqual: return .dates(from: edge(span.start), before: nil)
    case .less: return .dates(from: nil, before: edge(span.start))
    case .lessOrEqual: return .dates(from: nil, before: edge(span.end))
    default: return .dates(from: edge(span.start), before: edge(span.end))
    }
  }

  private func phrase(
    _ value: JSONValue, _ reader: FilterValueReader
  ) throws(FilterProblem) -> DatePhrase {
    let text = value.plainText ?? ""
    guard let phrase = DatePhrase(text) else {
      throw reader.problem("“\(text)” is not a date; expected \(DatePhrase.expected)")
    }
    return phrase
  }

  /// The start and end of a value: a moment lasts a second, or a day where days are compared.
  private func span(_ phrase: DatePhrase, widened: Bool) -> (start: Moment, end: Moment)? {
    switch phrase {
    case .anniversary: return nil
    case .range(let period, let count):
      return (
        Moment(day: period.start(of: calendar.today, adding: count)),
        Moment(day: period.start(of: calendar.today, adding: count + 1))
      )
    case .offset(let offset):
      let day = offset.day(today: calendar.today)
      return widened || isDay ? whole(day) : second(day, 0)
    case .moment(let day, let second):
      return isDay ? whole(day) : self.second(day, second ?? 0)
    }
  }

  private func whole(_ day: Int) -> (Moment, Moment) { (Moment(day: day), Moment(day: day + 1)) }

  private func second(_ day: Int, _ second: Int) -> (Moment, Moment) {
    (Moment(day: day, second: second), Moment(day: day, second: second + 1))
  }

  private struct Moment {
    var day: Int
    var second = 0
  }

  /// A moment in the column's type, clamped to just outside the supported dates.
  private func edge(_ moment: Moment) -> DateEdge {
    let day = min(max(moment.day, Self.firstDay), Self.lastDay)
    guard storage == .instant else { return .day(day) }
    guard !isDay else { return .instant(calendar.start(of: day)) }
    return .instant(Date(timeIntervalSince1970: Double(day * 86_400 + moment.second)))
  }

  /// The last day before the year 1, and the first after the year 9999.
  private static let firstDay = CivilDay.number(0, 12, 31)
  private static let lastDay = CivilDay.number(10_000, 1, 1)
}
