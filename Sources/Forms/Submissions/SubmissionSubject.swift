import Foundation

/// What is kept of the request beside its values.
struct SubmissionOrigin: Sendable, Codable {
  /// The user agent.
  var agent: String?
  /// What the visitor agreed to.
  var consent: String?
}

/// A submission with its form and what else actions need.
struct SubmissionSubject: Sendable {
  var submission: FormSubmission
  var form: Form
  var ipID: Int64?
  /// The instant at which it was confirmed.
  var confirmedAt: Date? { submission.confirmedAt }
  var origin: SubmissionOrigin

  /// The values in the order of the form's fields, with their labels.
  var answers: [(label: String, alias: String, value: String)] {
    form.fields.compactMap { field in
      submission.results[field.alias].map { (field.label, field.alias, $0) }
    }
  }

  /// The values as tokens of e-mails (FRM-21).
  var tokens: [String: String] {
    Dictionary(
      submission.results.map { ("formfield=\($0.key)", HTMLEscape.text($0.value)) },
      uniquingKeysWith: { first, _ in first })
  }

  /// A text with the values in the places of `{formfield=alias}` (FRM-21).
  func filled(_ text: String) -> String {
    var result = ""
    var rest = text[...]
    let opening = "{formfield="
    while let start = rest.firstRange(of: opening) {
      result += rest[..<start.lowerBound]
      rest = rest[start.upperBound...]
      guard let end = rest.firstIndex(of: "}") else { return result + opening + rest }
      result += submission.results[String(rest[..<end])] ?? ""
      rest = rest[rest.index(after: end)...]
    }
    return result + rest
  }
}
