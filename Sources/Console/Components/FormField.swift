import API

/// A field of a form: one member of the body that the API is given.
struct FormField: Sendable {
  /// How a value is given.
  enum Kind: Sendable {
    case text, email, url, password, number, date, moment, color
    /// A text of several lines.
    case longText(rows: Int)
    /// Code of several lines, such as HTML.
    case code(rows: Int)
    /// Yes or no.
    case flag
    /// One of several.
    case choice([Choice])
    /// Some of several.
    case choices([Choice])
    /// Code of several lines that an island edits, which is given the text area to stand around.
    case island(rows: Int, @Sendable (HTML) -> HTML)
    /// Markup with its own fields for the value, such as a list of rows.
    case drawn(@Sendable (JSONValue) -> HTML)
    /// Markup that has its own fields.
    case markup(HTML)
  }

  /// One of the values of a choice.
  struct Choice: Sendable {
    var value: String
    var label: String
    /// The heading above it; empty for none.
    var group = ""

    init(_ value: String, _ label: String, group: String = "") {
      self.value = value
      self.label = label
      self.group = group
    }
  }

  /// The member of the body, with brackets for members of members: `properties[filter]`.
  var name: String
  /// What the field is called, in the reader's language.
  var label: String
  var kind: Kind
  /// What there is to know; empty for nothing.
  var hint = ""
  var isRequired = false
  /// The value of a new record.
  var initial = JSONValue.null
  /// Whether it is marked as one that may stay empty; for forms in which most fields are needed.
  var isMarkedOptional = false
  /// Whether it takes the width of the form.
  var isWide = false

  init(
    _ name: String, _ label: String, _ kind: Kind = .text, hint: String = "",
    isRequired: Bool = false, initial: JSONValue = .null, isWide: Bool = false
  ) {
    self.name = name
    self.label = label
    self.kind = kind
    self.hint = hint
    self.isRequired = isRequired
    self.initial = initial
    self.isWide = isWide
  }
}

/// Fields of a form under a heading.
struct FormSection: Sendable {
  /// In the reader's language; empty for none.
  var heading: String
  var fields: [FormField]

  init(_ heading: String = "", _ fields: [FormField]) {
    self.heading = heading
    self.fields = fields
  }
}

/// What a form shows: the values of a record, or what was sent and refused.
struct FormValues: Sendable {
  var values: JSONValue = [:]
  /// The whole problem, above the form; nil for none.
  var problem: String?
  /// The problems of members.
  var problems: [String: [String]] = [:]

  /// A new record's values.
  static let new = FormValues()

  init(_ values: JSONValue = [:]) { self.values = values }

  /// What was sent and refused.
  init(_ sent: FormBody, _ error: APIError) {
    values = .object(sent.members)
    problem = error.message
    for detail in error.details {
      problems[Self.bracketed(detail.field), default: []] += detail.messages
    }
  }

  /// A member's path with brackets, as fields are named, instead of points: `properties[filter]`.
  static func bracketed(_ path: String) -> String {
    let parts = path.split(separator: ".")
    return parts.dropFirst().reduce(String(parts.first ?? "")) { $0 + "[\($1)]" }
  }

  /// The value of a field; nil where there is none.
  func value(_ field: FormField) -> JSONValue? { FormBody.value(field.name, in: values) }
}
