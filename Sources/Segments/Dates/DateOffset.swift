/// A day relative to today (segments.md 5.3).
enum DateOffset: Sendable, Equatable {
  /// A number of days, weeks, months or years after today.
  case units(DatePeriod, Int)
  /// The first or last day of a month relative to the current one.
  case edgeOfMonth(isLast: Bool, adding: Int)
  /// The first or last day of a month of a given year.
  case edge(isLast: Bool, month: Int, year: Int)

  /// Reads `+N unit`, `-N unit`, `N unit`, `N unit ago`, `first day of …` and `last day of …`.
  init?(_ text: String) {
    let words = text.lowercased().split(separator: " ").map(String.init)
    guard let offset = Self.edge(words) ?? Self.units(words) else { return nil }
    self = offset
  }

  /// Returns the day for a given today.
  func day(today: Int) -> Int {
    switch self {
    case .units(let period, let count): return period.day(today, adding: count)
    case .edgeOfMonth(let isLast, let count):
      let month = DatePeriod.month
      return isLast
        ? month.start(of: today, adding: count + 1) - 1 : month.start(of: today, adding: count)
    case .edge(let isLast, let month, let year):
      return isLast ? DatePeriod.day(year, month + 1, 1) - 1 : DatePeriod.day(year, month, 1)
    }
  }

  /// The rhythm at which the day changes.
  var rhythm: DateRhythm {
    switch self {
    case .units: .daily
    case .edgeOfMonth: .monthly
    case .edge: .never
    }
  }

  private static func units(_ words: [String]) -> DateOffset? {
    var words = words
    // `+ 3 days` and `+3 days` are the same.
    if words.count > 2, words[0] == "+" || words[0] == "-" { words[0] += words.remove(at: 1) }
    let isAgo = words.count == 3 && words[2] == "ago"
    guard words.count == 2 || isAgo, let period = periods[words[1]] else { return nil }
    var digits = words[0][...]
    let sign = digits.first
    if sign == "+" || sign == "-" { digits = digits.dropFirst() }
    guard (1...6).contains(digits.utf8.count), digits.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }),
      let count = Int(digits)
    else { return nil }
    // No form has both a sign and `ago`.
    if isAgo, sign == "+" || sign == "-" { return nil }
    return .units(period, isAgo || sign == "-" ? -count : count)
  }

  private static func edge(_ words: [String]) -> DateOffset? {
    guard words.count == 5, words[0] == "first" || words[0] == "last", words[1] == "day",
      words[2] == "of"
    else { return nil }
    let isLast = words[0] == "last"
    if words[4] == "month" {
      switch words[3] {
      case "previous": return .edgeOfMonth(isLast: isLast, adding: -1)
      case "this": return .edgeOfMonth(isLast: isLast, adding: 0)
      case "next": return .edgeOfMonth(isLast: isLast, adding: 1)
      default: return nil
      }
    }
    guard let index = months.firstIndex(of: words[3]), words[4].utf8.count == 4,
      let year = Int(words[4]), year >= 1
    else { return nil }
    return .edge(isLast: isLast, month: index + 1, year: year)
  }

  private static let periods: [String: DatePeriod] = [
    "day": .day, "days": .day, "week": .week, "weeks": .week, "month": .month, "months": .month,
    "year": .year, "years": .year,
  ]

  private static let months = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
  ]
}
