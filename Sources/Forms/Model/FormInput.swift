package import Fields
package import Foundation
package import Primitives

/// The input for a form; `nil` leaves a value as it is.
package struct FormInput: Sendable {
  /// The name, 1 to 191 characters.
  package var name: String?
  /// The alias of a new form; by default it follows from the name.
  package var alias: String?
  /// The description; an empty text removes it.
  package var description: String?
  /// The category; `.some(nil)` for none.
  package var category: Int64??
  /// One of ``FormKind``.
  package var kind: String?
  /// One of ``FormPostAction``.
  package var postAction: String?
  /// The address or the message of the post action; an empty text removes it.
  package var postActionProperty: String?
  /// The instant from which it is in use; `.some(nil)` for always.
  package var publishUp: Date??
  /// The instant until which it is in use; `.some(nil)` for no end.
  package var publishDown: Date??
  /// Whether it is published.
  package var isPublished: Bool?
  /// The theme of its page; texts of this and the next members are removed by an empty one.
  package var template: String?
  package var attributes: String?
  package var language: String?
  package var usesThemeStyle: Bool?
  package var isKiosk: Bool?
  package var isNotIndexed: Bool?
  /// The most fields that are shown at once; `.some(nil)` for all.
  package var shownLimit: Int??
  /// Whether browsers have to do some work before they may send it.
  package var hasChallenge: Bool?
  /// What a visitor has to agree to; an empty text removes it.
  package var consent: String?
  /// The mail that asks for a confirmation; `.some(nil)` for none.
  package var confirmation: FormConfirmationTexts??
  /// The fields: those with a known id are changed, the others are new. Those that are not listed remain, unless
  /// everything is replaced.
  package var fields: [FormFieldInput]?
  /// The actions, as ``fields``.
  package var actions: [FormActionInput]?

  /// Creates an empty input.
  package init() {}
}

/// A reference to a field: its id, or the key of a new one in the same request.
package enum FormFieldReference: Sendable, Equatable {
  case id(Int64)
  case key(String)
}

/// The mapped field of an input. Without a kind of record it is a field of contacts, or of companies if they alone have
/// one of this alias.
package struct FormMappingInput: Sendable, Equatable {
  package var object: FieldObject?
  package var field: String

  package init(_ object: FieldObject?, _ field: String) {
    self.object = object
    self.field = field
  }
}

/// The input for a field; `nil` leaves a value as it is.
package struct FormFieldInput: Sendable {
  /// The id of an existing field.
  package var id: Int64?
  /// The key by which other fields of the request refer to a new one.
  package var key: String?
  package var label: String?
  package var alias: String?
  package var type: String?
  /// The mapped field; `.some(nil)` for none.
  package var mapping: FormMappingInput??
  package var showsLabel: Bool?
  /// Texts of this and the next members are removed by an empty one.
  package var defaultValue: String?
  package var validationMessage: String?
  package var helpMessage: String?
  package var labelAttributes: String?
  package var inputAttributes: String?
  package var containerAttributes: String?
  package var isRequired: Bool?
  package var order: Int?
  package var properties: JSONValue?
  package var validation: JSONValue?
  package var conditions: JSONValue?
  /// The field on which it depends; `.some(nil)` for none.
  package var parent: FormFieldReference??
  package var savesResult: Bool?
  package var fillsIn: Bool?
  package var showsKnown: Bool?
  package var isAlwaysShown: Bool?
  /// The number of submissions after which it is shown; `.some(nil)` for at once.
  package var showsAfter: Int??

  /// Creates an empty input.
  package init() {}
}

/// The input for an action; `nil` leaves a value as it is.
package struct FormActionInput: Sendable {
  /// The id of an existing action.
  package var id: Int64?
  /// The name; by default that of its type.
  package var name: String?
  package var description: String?
  /// The type, which never changes.
  package var type: String?
  package var order: Int?
  package var properties: JSONValue?

  /// Creates an empty input.
  package init() {}
}
