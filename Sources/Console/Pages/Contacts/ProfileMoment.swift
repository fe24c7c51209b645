import Foundation

/// Times in fields of contacts and companies: the API has them in UTC, forms in the user's zone.
enum ProfileMoment {
  /// A time of a field (`2026-12-03 08:40:00`, UTC) with its zone; another text as it is.
  static func exact(_ text: String) -> String {
    text.utf8.count == 19 ? text.replacing(" ", with: "T") + "+00:00" : text
  }

  /// A time of a form (`2026-12-03T08:40`) in a zone, in UTC as the API takes it; another text as it is.
  static func utc(_ text: String, _ zone: TimeZone) -> String {
    let style = Date.ISO8601FormatStyle(timeZone: zone).year().month().day()
      .dateTimeSeparator(.standard).time(includingFractionalSeconds: false)
    let whole = text.utf8.count == 16 ? text + ":00" : text
    do {
      return try Date(whole, strategy: style).formatted(.iso8601)
    } catch {
      return text
    }
  }
}
