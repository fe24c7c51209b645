import Contacts
import Forms

/// Submissions on the wire (API page, 8.13).
enum SubmissionView {
  /// Returns submissions of a form, with their contacts as they are now.
  ///
  /// - Parameters:
  ///   - submissions: The submissions.
  ///   - form: Their form.
  ///   - store: Reads the contacts.
  static func json(
    _ submissions: [FormSubmission], of form: Form, _ store: ContactStore
  ) async throws -> [JSONValue] {
    let found = try await store.contacts(Set(submissions.map(\.contact)).sorted())
    let contacts = Dictionary(found.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    return submissions.map { submission in
      var json: JSONObject = [
        "id": .int(Int(submission.id)),
        "ipAddress": submission.address.map { ["ipAddress": .string($0)] } ?? .null,
        "form": JSONValue(short: form),
        "lead": contacts[submission.contact].map(JSONValue.init(basic:)) ?? .null,
        "trackingId": JSONValue(submission.trackingID),
        "dateSubmitted": JSONValue(submission.date), "referer": .string(submission.referer),
        "page": nil, "results": results(submission, of: form),
      ]
      if form.values.settings.consent != nil || submission.consent != nil {
        json.append("consent", JSONValue(submission.consent))
      }
      if form.values.settings.confirmation != nil || submission.confirmedAt != nil {
        json.append("dateConfirmed", JSONValue(submission.confirmedAt))
      }
      return .object(json)
    }
  }

  /// The values in the order of the form's fields, then those of fields that are gone.
  private static func results(_ submission: FormSubmission, of form: Form) -> JSONValue {
    var rest = submission.results
    var members = JSONObject()
    for field in form.fields {
      if let value = rest.removeValue(forKey: field.alias) {
        members.append(field.alias, .string(value))
      }
    }
    for (alias, value) in rest.sorted(by: { $0.key < $1.key }) {
      members.append(alias, .string(value))
    }
    return members.isEmpty ? [] : .object(members)
  }
}
