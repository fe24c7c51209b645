/// The types of fields (contacts.md 3.2).
package enum FieldType: String, Sendable, Codable, CaseIterable {
  case text, textarea, html, email, number, tel, url, date, datetime, time, boolean, select
  case multiselect, lookup, country, region, timezone, locale

  /// The SQL type of the column of a custom field of this type.
  package var columnType: String {
    switch self {
    case .number: "double precision"
    case .boolean: "boolean"
    case .multiselect: "text[]"
    case .date: "date"
    case .datetime: "timestamptz"
    case .time: "time"
    case .text, .textarea, .html, .email, .tel, .url, .select, .lookup, .country, .region,
      .timezone, .locale:
      "text"
    }
  }

  /// Whether values are stored as text.
  package var isText: Bool { columnType == "text" }

  /// Whether the length of values is limited (contacts.md 3.1, `char_length_limit`). Only such a field can
  /// be a unique identifier (CON-25): longer text does not fit into an index.
  package var hasLengthLimit: Bool { isText && self != .textarea && self != .html }

  /// Whether a custom field of this type may set its own limit; the others have the maximum.
  package var hasOwnLengthLimit: Bool {
    switch self {
    case .text, .select, .tel, .url, .email: true
    default: false
    }
  }
}

/// The kind of record that a field describes.
package enum FieldObject: String, Sendable, Codable, CaseIterable {
  /// A contact; `lead` on the wire.
  case contact = "lead"
  case company

  /// The table with the values.
  package var table: String {
    switch self {
    case .contact: "contacts"
    case .company: "companies"
    }
  }
}

/// The tab on which a field is shown.
package enum FieldGroup: String, Sendable, Codable, CaseIterable {
  case core, social, personal, professional
}
