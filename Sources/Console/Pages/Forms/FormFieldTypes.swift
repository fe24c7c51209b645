/// The types of fields that forms have.
struct FormFieldType: Sendable {
  /// As the API has it.
  var name: String
  /// In English.
  var label: String
  /// A group of the palette, in English.
  var group: String
  /// Whether visitors fill it in.
  var isInput = true
  /// Whether it offers a list of values.
  var hasOptions = false

  static let all: [FormFieldType] = [
    .init(name: "text", label: "Text", group: "Texts"),
    .init(name: "textarea", label: "Text of several lines", group: "Texts"),
    .init(name: "email", label: "E-mail", group: "Texts"),
    .init(name: "tel", label: "Telephone", group: "Texts"),
    .init(name: "url", label: "Web address", group: "Texts"),
    .init(name: "number", label: "Number", group: "Texts"),
    .init(name: "password", label: "Password", group: "Texts"),
    .init(name: "select", label: "List", group: "Choices", hasOptions: true),
    .init(name: "radiogrp", label: "Choice of one", group: "Choices", hasOptions: true),
    .init(name: "checkboxgrp", label: "Boxes to tick", group: "Choices", hasOptions: true),
    .init(name: "country", label: "Country", group: "Choices"),
    .init(name: "companyLookup", label: "Company", group: "Choices"),
    .init(name: "date", label: "Date", group: "Choices"),
    .init(name: "datetime", label: "Date and time", group: "Choices"),
    .init(name: "file", label: "File", group: "More"),
    .init(name: "hidden", label: "Hidden value", group: "More"),
    .init(name: "captcha", label: "Question against programs", group: "More"),
    .init(name: "freetext", label: "Heading and text", group: "Layout", isInput: false),
    .init(name: "freehtml", label: "HTML", group: "Layout", isInput: false),
    .init(name: "pagebreak", label: "Page break", group: "Layout", isInput: false),
    .init(name: "button", label: "Button", group: "Layout", isInput: false),
  ]

  /// The type with a name of the API; for one of a plugin a plain one of that name.
  static func named(_ name: String) -> FormFieldType {
    all.first { $0.name == name } ?? FormFieldType(name: name, label: name, group: "More")
  }
}
