/// What settings are called and mean, in English, by their names. One that is missing has its name and the API's words.
enum SettingWords {
  /// The label and what there is to know; the latter may be empty.
  typealias Words = (label: String, hint: String)

  /// The words of all settings.
  static let all = people.merging(mail) { $1 }.merging(web) { $1 }

  /// The words of choices.
  static let choices = [
    "DAY": "Day", "WEEK": "Week", "MONTH": "Month", "OR": "Any of them",
    "AND": "All that are given",
    "ignore": "Record them like others", "anonymous": "Record without who it was",
    "drop": "Do not record them",
  ]
}
