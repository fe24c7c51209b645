package import Fields
package import Primitives

/// A field of a form: an input, or text between inputs.
package struct FormField: Sendable, Identifiable, Equatable {
  /// The field's id.
  package var id: Int64
  /// The name of its value in submissions; unique in the form.
  package var alias: String
  /// The label.
  package var label: String
  /// The type.
  package var type: FormFieldType
  /// The field of contacts or companies that its value is written to.
  package var mapping: FormMapping?
  /// Everything else.
  package var settings: FormFieldSettings
}

/// The field of a contact, or of its company, that a form's field fills in.
package struct FormMapping: Sendable, Equatable {
  /// The kind of record.
  package var object: FieldObject
  /// The alias of the record's field.
  package var field: String

  package init(_ object: FieldObject, _ field: String) {
    self.object = object
    self.field = field
  }
}

/// The type of a form's field. Types of plugins are kept as they are (api.md 8.13).
package struct FormFieldType: RawRepresentable, Sendable, Hashable {
  package let rawValue: String

  package init(rawValue: String) { self.rawValue = rawValue }

  private init(_ name: String) { rawValue = name }

  package static let button = FormFieldType("button")
  package static let captcha = FormFieldType("captcha")
  package static let checkboxes = FormFieldType("checkboxgrp")
  package static let companyLookup = FormFieldType("companyLookup")
  package static let country = FormFieldType("country")
  package static let date = FormFieldType("date")
  package static let dateTime = FormFieldType("datetime")
  package static let email = FormFieldType("email")
  package static let file = FormFieldType("file")
  package static let html = FormFieldType("freehtml")
  package static let freeText = FormFieldType("freetext")
  package static let hidden = FormFieldType("hidden")
  package static let number = FormFieldType("number")
  package static let pageBreak = FormFieldType("pagebreak")
  package static let password = FormFieldType("password")
  package static let radios = FormFieldType("radiogrp")
  package static let select = FormFieldType("select")
  package static let telephone = FormFieldType("tel")
  package static let text = FormFieldType("text")
  package static let textArea = FormFieldType("textarea")
  package static let url = FormFieldType("url")

  /// Whether visitors fill it in; the others are buttons, texts and ends of pages.
  package var isInput: Bool { ![.button, .html, .freeText, .pageBreak].contains(self) }

  /// Whether its value is one of a list, or several of it.
  package var hasChoices: Bool { [.checkboxes, .radios, .select].contains(self) }
}

/// The settings of a form's field, as stored.
package struct FormFieldSettings: Sendable, Equatable, Codable {
  /// Whether the label is shown.
  package var showsLabel = true
  /// The value that it is filled with at first.
  package var defaultValue: String?
  /// Whether a value is required.
  package var isRequired = false
  /// The message for a missing or bad value.
  package var validationMessage: String?
  /// The help that is shown beside it.
  package var helpMessage: String?
  /// The position on the page, as sent.
  package var order = 0
  /// What depends on the type: choices, text of a paragraph, the answer of a captcha.
  package var properties = JSONValue.object([:])
  /// Further rules for its values.
  package var validation = JSONValue.object([:])
  /// The field on whose value it depends whether this one is shown.
  package var parent: Int64?
  /// The values of ``parent`` with which it is shown: `{"expr","any","values"}`.
  package var conditions = JSONValue.object([:])
  /// Attributes of the label's, the input's and the row's element, as HTML.
  package var labelAttributes: String?
  package var inputAttributes: String?
  package var containerAttributes: String?
  /// Whether its value is stored with the submission (FRM-05).
  package var savesResult = true
  /// Whether it is filled with the contact's value.
  package var fillsIn = false
  /// Whether it is shown although the contact's value is known (progressive profiling).
  package var showsKnown = true
  /// The number of earlier submissions of the contact after which it is shown.
  package var showsAfter: Int?
  /// Whether it is shown whatever the other rules of progressive profiling say.
  package var isAlwaysShown = false

  package init() {}
}
