import API
import Foundation

/// The language and the time zone of a user.
enum LocaleFields {
  /// Both fields, with the languages that the console has.
  ///
  /// - Parameter user: The user; nil for a new one.
  static func of(_ user: JSONValue?, _ page: PageRequest) -> [FormField] {
    let texts = page.texts
    var languages: [FormField.Choice] = [.init("en", "English"), .init("de", "Deutsch")]
    if let own = user?["locale"]?.text, !own.isEmpty,
      !languages.contains(where: { $0.value == own }
      )
    {
      languages.append(.init(own, own))
    }
    return [
      FormField(
        "locale", texts("Language"), .choice(languages),
        hint: texts("Empty: what the browser asks for.")),
      FormField(
        "timezone", texts("Time zone"), .choice(zones),
        hint: texts("Times are shown in it. Empty: UTC.")),
    ]
  }

  private static let zones: [FormField.Choice] = TimeZone.knownTimeZoneIdentifiers.sorted().map {
    let parts = $0.split(separator: "/", maxSplits: 1)
    let place = parts.count > 1 ? String(parts[1]) : $0
    return FormField.Choice(
      $0, place.replacing("_", with: " "), group: parts.count > 1 ? String(parts[0]) : "")
  }
}
