import Contacts
import Postgres
import Primitives

/// Tests whether some submission of a form by the contact has a value that fits (`form.field_value`).
struct SubmittedValue: CampaignCondition {
  func condition(_ event: CampaignEvent, _ transaction: CampaignTransaction) async throws -> SQL? {
    guard let form = event.properties.ids("form")?.first,
      let alias = event.properties["field"]?.text,
      let comparison = Comparison(event.properties),
      // A form that is gone (CAM-440).
      try await !RecordStore.existing([form], in: "forms", on: transaction.connection).isEmpty
    else { return nil }
    let value: SQL = "coalesce(s.results ->> \(alias), '')"
    return """
      EXISTS (SELECT FROM form_submissions s WHERE s.contact_id = c.id AND s.form_id = \(form)
        AND \(sql: comparison.sql(value)))
      """
  }

  static let check: PropertyCheck = { event, check in
    try await check.record("form", in: "forms")
    if event.properties.ids("form")?.isEmpty ?? false { check.refuse("form", "is required") }
    check.text("field")
    guard Comparison(event.properties) == nil else { return }
    let word = event.properties["operator"]?.text ?? ""
    check.refuse("operator", "\(InvalidInput.shown(word)) is none of \(Comparison.words)")
  }
}

/// A comparison of submitted texts, without regard to case.
private struct Comparison {
  private enum Operator: String, CaseIterable {
    case equal = "="
    case unequal = "!="
    case above = "gt"
    case atLeast = "gte"
    case below = "lt"
    case atMost = "lte"
    case like, notLike = "!like"
    case empty, notEmpty = "!empty"
    case oneOf = "in"
    case noneOf = "!in"
    case startsWith, endsWith, contains
  }

  static let words = Operator.allCases.map(\.rawValue).joined(separator: ", ")

  private let operation: Operator
  private let values: [String]

  /// - Returns: nil for an unknown operator; without one it is `=`.
  init?(_ properties: JSONValue) {
    let word = properties["operator"]?.text ?? "="
    guard let operation = Operator(rawValue: word) else { return nil }
    self.operation = operation
    values = properties.texts("value").map { $0.lowercased() }
  }

  func sql(_ submitted: SQL) -> SQL {
    let text: SQL = "lower(\(sql: submitted))"
    let value = values.first ?? ""
    switch operation {
    case .equal: return "\(sql: text) = \(value)"
    case .unequal: return "\(sql: text) <> \(value)"
    case .above: return ordered(submitted, ">", value)
    case .atLeast: return ordered(submitted, ">=", value)
    case .below: return ordered(submitted, "<", value)
    case .atMost: return ordered(submitted, "<=", value)
    case .like: return "\(sql: text) LIKE \(Self.pattern(value))"
    case .notLike: return "\(sql: text) NOT LIKE \(Self.pattern(value))"
    case .empty: return "\(sql: submitted) = ''"
    case .notEmpty: return "\(sql: submitted) <> ''"
    case .oneOf: return "\(sql: text) = ANY (\(values))"
    case .noneOf: return "NOT \(sql: text) = ANY (\(values))"
    case .startsWith: return "starts_with(\(sql: text), \(value))"
    case .endsWith: return "right(\(sql: text), length(\(value))) = \(value)"
    case .contains: return "strpos(\(sql: text), \(value)) > 0"
    }
  }

  /// Numbers are compared as numbers, all else in the order of its bytes, which is that of dates.
  private func ordered(_ submitted: SQL, _ sign: SQL, _ value: String) -> SQL {
    guard let number = Double(value), number.isFinite else {
      return """
        (\(sql: submitted) <> '' AND lower(\(sql: submitted)) COLLATE "C" \(sql: sign) \(value))
        """
    }
    return """
      CASE WHEN \(sql: submitted) ~ '^[+-]?[0-9]{1,100}([.][0-9]{1,100})?$'
        THEN (\(sql: submitted))::double precision \(sql: sign) \(number) ELSE false END
      """
  }

  /// Without a wildcard the text may stand anywhere.
  private static func pattern(_ value: String) -> String {
    let escaped = value.replacing("\\", with: "\\\\")
    return escaped.contains("%") ? escaped : "%\(escaped)%"
  }
}
