import API

/// The types of custom fields.
struct FieldTypeChoice: Sendable {
  /// As the API has it.
  var name: String
  /// In English, as is the example.
  var label: String
  var example: String

  static let all: [FieldTypeChoice] = [
    .init(name: "text", label: "Text", example: "One line, up to 191 characters"),
    .init(name: "textarea", label: "Long text", example: "Several lines"),
    .init(name: "html", label: "HTML", example: "Text with markup"),
    .init(name: "email", label: "E-mail", example: "jane@example.com"),
    .init(name: "tel", label: "Telephone", example: "+49 30 123456"),
    .init(name: "url", label: "Web address", example: "https://example.com"),
    .init(name: "number", label: "Number", example: "12 or 12.5"),
    .init(name: "boolean", label: "Yes or no", example: "Two words of your own"),
    .init(name: "date", label: "Date", example: "2026-12-03"),
    .init(name: "datetime", label: "Date and time", example: "2026-12-03 09:30"),
    .init(name: "time", label: "Time", example: "09:30"),
    .init(name: "select", label: "List, one value", example: "Values with texts"),
    .init(name: "multiselect", label: "List, several values", example: "Values with texts"),
    .init(name: "lookup", label: "Text with proposals", example: "Proposed, but not only these"),
    .init(name: "country", label: "Country", example: "From the list of countries"),
    .init(name: "region", label: "Region", example: "From the list of regions"),
    .init(name: "timezone", label: "Time zone", example: "Europe/Berlin"),
    .init(name: "locale", label: "Language", example: "de_CH"),
  ]

  static func label(_ name: String, _ page: PageRequest) -> String {
    all.first { $0.name == name }.map { page.texts($0.label) } ?? name
  }
}
