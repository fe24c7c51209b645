import Foundation

/// Times that forms send, which are those of the user's clock.
enum LocalMoment {
  /// A time of a form, such as `2026-12-03T08:40`, as the API takes it; nil for another text.
  static func wire(_ text: String, _ formats: Formats) -> String? {
    guard text.utf8.count == 16 || text.utf8.count == 19, text.contains("T"),
      !text.hasSuffix("Z"), !text.contains("+")
    else { return nil }
    let numbers = text.split { !$0.isNumber }.compactMap { Int($0) }
    guard numbers.count >= 5 else { return nil }
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = formats.zone
    let parts = DateComponents(
      year: numbers[0], month: numbers[1], day: numbers[2], hour: numbers[3], minute: numbers[4])
    return calendar.date(from: parts)?.formatted(.iso8601)
  }
}
