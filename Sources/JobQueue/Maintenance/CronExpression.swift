public import Foundation

/// Five fields of a crontab line: minute, hour, day of month, month, day of week (0 and 7 are
/// Sunday). Each is `*`, a number, a range `a-b`, a step `*/n` or `a-b/n`, or a list of these.
///
/// As in cron, when both days are restricted, either suffices. A time that the zone's clock skips
/// does not occur; one that it shows twice occurs once, the first time.
public struct CronExpression: Sendable, Equatable {
  /// The error of an expression that cannot be read.
  public struct ParseError: Error, Sendable, CustomStringConvertible {
    /// The fault in words, with the offending part.
    public let description: String
  }

  /// The five fields as they were given.
  public let text: String
  private let minutes: Set<Int>
  private let hours: Set<Int>
  private let days: Set<Int>
  private let months: Set<Int>
  private let weekdays: Set<Int>
  private let isEitherDay: Bool
  private let zone: TimeZone

  /// Reads the five fields of an expression.
  ///
  /// - Parameters:
  ///   - text: the five fields.
  ///   - zone: its time zone; UTC by default.
  /// - Throws: ``ParseError``.
  public init(_ text: String, zone: TimeZone = .gmt) throws {
    let fields = text.split(separator: " ", omittingEmptySubsequences: true)
    guard fields.count == 5 else {
      throw ParseError(description: "a cron expression has 5 fields, not \(fields.count)")
    }
    self.text = fields.joined(separator: " ")
    minutes = try Self.parse(fields[0], 0...59)
    hours = try Self.parse(fields[1], 0...23)
    days = try Self.parse(fields[2], 1...31)
    months = try Self.parse(fields[3], 1...12)
    weekdays = Set(try Self.parse(fields[4], 0...7).map { $0 % 7 })
    isEitherDay = !fields[2].hasPrefix("*") && !fields[4].hasPrefix("*")
    self.zone = zone
  }

  private static func parse(_ field: Substring, _ range: ClosedRange<Int>) throws -> Set<Int> {
    var values: Set<Int> = []
    for part in field.split(separator: ",", omittingEmptySubsequences: false) {
      let pieces = part.split(separator: "/", omittingEmptySubsequences: false)
      let step = pieces.count == 2 ? Int(pieces[1]) : 1
      guard pieces.count <= 2, let step, step > 0 else {
        throw ParseError(description: "not a step: \(part)")
      }
      let bounds = pieces[0].split(separator: "-", omittingEmptySubsequences: false)
      var (low, high) = (range.lowerBound, range.upperBound)
      if pieces[0] != "*" {
        guard let first = bounds.first.flatMap({ Int($0) }), bounds.count <= 2,
          let last = bounds.last.flatMap({ Int($0) })
        else { throw ParseError(description: "not a number or range: \(part)") }
        low = first
        high = bounds.count == 1 && pieces.count == 2 ? range.upperBound : last
      }
      guard range.contains(low), range.contains(high), low <= high else {
        throw ParseError(description: "\(part) is outside \(range.lowerBound)-\(range.upperBound)")
      }
      values.formUnion(stride(from: low, through: high, by: step))
    }
    return values
  }

  private var calendar: Calendar {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = zone
    return calendar
  }

  private func allows(day date: Date, _ calendar: Calendar) -> Bool {
    let parts = calendar.dateComponents([.month, .day, .weekday], from: date)
    guard let month = parts.month, let day = parts.day, let weekday = parts.weekday,
      months.contains(month)
    else { return false }
    let (byDay, byWeekday) = (days.contains(day), weekdays.contains(weekday - 1))
    return isEitherDay ? byDay || byWeekday : byDay && byWeekday
  }

  /// The instants of one day, in order.
  private func instants(on day: Date, _ calendar: Calendar) -> [Date] {
    guard allows(day: day, calendar) else { return [] }
    let parts = calendar.dateComponents([.year, .month, .day], from: day)
    var instants: [Date] = []
    for hour in hours.sorted() {
      for minute in minutes.sorted() {
        var wanted = parts
        (wanted.hour, wanted.minute, wanted.second) = (hour, minute, 0)
        guard let date = calendar.date(from: wanted) else { continue }
        let got = calendar.dateComponents([.hour, .minute], from: date)
        if got.hour == hour, got.minute == minute { instants.append(date) }
      }
    }
    return instants.sorted()
  }

  /// The first instant after another; nil when there is none within five years.
  public func next(after instant: Date) -> Date? {
    search(from: instant, by: 1) { $0.first { $0 > instant } }
  }

  /// The latest instant at or before another; nil when there is none within five years.
  public func last(atOrBefore instant: Date) -> Date? {
    search(from: instant, by: -1) { $0.last { $0 <= instant } }
  }

  private func search(
    from instant: Date, by step: Int, _ choose: ([Date]) -> Date?
  ) -> Date? {
    let calendar = calendar
    let start = calendar.startOfDay(for: instant)
    for offset in 0...1830 {
      guard let day = calendar.date(byAdding: .day, value: offset * step, to: start) else {
        return nil
      }
      if let found = choose(instants(on: day, calendar)) { return found }
    }
    return nil
  }
}
