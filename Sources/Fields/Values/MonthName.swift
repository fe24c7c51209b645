import Primitives

/// Names of months and days in dates of files: English, German, French, Spanish, Italian, Portuguese, Dutch.
enum MonthName {
  /// Returns the number of a month by its name or a usual abbreviation, in any case.
  static func number(_ word: ValueBytes) -> Int? { months[word.string.lowercased()] }

  /// Whether a word is a day of the week in English, as standards write it.
  static func isWeekday(_ word: ValueBytes) -> Bool {
    let word = word.string.lowercased()
    return word.count >= 3 && weekdays.contains { $0.hasPrefix(word) }
  }

  private static let weekdays = [
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
  ]

  private static let months: [String: Int] = {
    let lists = [
      "january jan januar jänner janvier janv enero ene gennaio gen janeiro januari",
      "february feb februar feber février fevrier févr fév febrero febbraio fevereiro fev februari",
      "march mar märz mär maerz mrz mars marzo março marco maart mrt",
      "april apr avril avr abril abr aprile",
      "may mai mayo maggio mag maio mei",
      "june jun juni juin junio giugno giu junho",
      "july jul juli juillet juil julio luglio lug julho",
      "august aug août aout agosto ago augustus",
      "september sep sept septembre septiembre settembre set setembro",
      "october oct oktober okt octobre octubre ottobre ott outubro out",
      "november nov novembre noviembre novembro",
      "december dec dezember dez décembre decembre déc diciembre dic dicembre dezembro",
    ]
    var months: [String: Int] = [:]
    for (index, names) in lists.enumerated() {
      for name in names.split(separator: " ") { months[String(name)] = index + 1 }
    }
    return months
  }()
}
