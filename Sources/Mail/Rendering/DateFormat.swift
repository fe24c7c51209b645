import Foundation

/// A date format in the letters of PHP, as in the settings: `F j, Y`, `g:i a`.
struct DateFormat {
  let pattern: String

  private static let months = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
  ]
  private static let days = [
    "Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday",
  ]

  /// Returns the text of a civil time.
  func text(_ parts: DateComponents) -> String {
    var output = ""
    var isEscaped = false
    for letter in pattern {
      if isEscaped {
        output.append(letter)
        isEscaped = false
      } else if letter == "\\" {
        isEscaped = true
      } else {
        output += Self.part(letter, parts)
      }
    }
    return output
  }

  private static func part(_ letter: Character, _ parts: DateComponents) -> String {
    let (year, month, day) = (parts.year ?? 1970, parts.month ?? 1, parts.day ?? 1)
    let (hour, minute, second) = (parts.hour ?? 0, parts.minute ?? 0, parts.second ?? 0)
    let clock = hour % 12 == 0 ? 12 : hour % 12
    let weekday = ((parts.weekday ?? 1) - 1) % 7
    switch letter {
    case "d": return two(day)
    case "j": return "\(day)"
    case "D": return String(days[weekday].prefix(3))
    case "l": return days[weekday]
    case "m": return two(month)
    case "n": return "\(month)"
    case "M": return String(months[(month - 1) % 12].prefix(3))
    case "F": return months[(month - 1) % 12]
    case "Y": return "\(year)"
    case "y": return two(year % 100)
    case "H": return two(hour)
    case "G": return "\(hour)"
    case "h": return two(clock)
    case "g": return "\(clock)"
    case "i": return two(minute)
    case "s": return two(second)
    case "S": return ordinal(day)
    case "A": return hour < 12 ? "AM" : "PM"
    case "a": return hour < 12 ? "am" : "pm"
    default: return String(letter)
    }
  }

  /// Returns the English ordinal suffix of a day.
  private static func ordinal(_ day: Int) -> String {
    guard !(11...13).contains(day) else { return "th" }
    switch day % 10 {
    case 1: return "st"
    case 2: return "nd"
    case 3: return "rd"
    default: return "th"
    }
  }

  private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  /// Formats a stored value, `2024-03-01`, `2024-03-01 09:30:00` (UTC) or `09:30`, as a token asks for; nil if it
  /// is not a date or time.
  static func format(
    _ value: String, as format: FieldToken.Format, settings: MailSettings
  ) -> String? {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    let numbers = value.split { !$0.isNumber }.compactMap { Int($0) }
    var parts = DateComponents()
    if value.contains("-") {
      guard numbers.count >= 3 else { return nil }
      parts = DateComponents(year: numbers[0], month: numbers[1], day: numbers[2])
      let hasTime = numbers.count >= 5
      if hasTime { (parts.hour, parts.minute) = (numbers[3], numbers[4]) }
      if numbers.count >= 6 { parts.second = numbers[5] }
      // A day that no calendar has, or a telephone number, is not a date.
      guard (1...9999).contains(numbers[0]), parts.isValidDate(in: calendar),
        let date = calendar.date(from: parts)
      else { return nil }
      if hasTime { calendar.timeZone = settings.timeZone }
      parts = calendar.dateComponents(
        [.year, .month, .day, .hour, .minute, .second, .weekday], from: date)
    } else {
      guard numbers.count >= 2, numbers[0] < 24, numbers[1] < 60, format == .time else {
        return nil
      }
      (parts.hour, parts.minute) = (numbers[0], numbers[1])
      if numbers.count >= 3 { parts.second = numbers[2] }
    }
    let pattern =
      switch format {
      case .date: settings.dateFormat
      case .time: settings.timeFormat
      case .datetime, .plain, .url: "\(settings.dateFormat) \(settings.timeFormat)"
      }
    return DateFormat(pattern: pattern).text(parts)
  }
}
