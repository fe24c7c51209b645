import Contacts
import Fields
import Foundation
import Postgres

@testable import Forms

/// Submissions that passed all checks, stored together or each alone, as a test says.
extension FormsBed {
  /// Checks a submission.
  func writer(
    _ form: Form, _ values: [String: String], token: String? = nil
  ) async throws -> SubmissionWriter {
    let known = try await fields.current()
    let values = values.mapValues { [$0] }
    return SubmissionWriter(
      form: form, known: known,
      request: FormRequest(
        form: form.id, values: values, token: token, page: "https://example.com/",
        visit: FormVisit(address: "192.0.2.7", agent: "Test"), at: now),
      checked: try FormCheck(form: form, known: known).check(values), address: "192.0.2.7",
      visitors: visitors, confirmations: confirmations)
  }

  /// Stores submissions in one transaction.
  func together(_ writers: [SubmissionWriter]) async throws -> [FormReceipt?] {
    try await GroupSubmission(editor: editor, visitors: visitors).store(writers)
  }

  /// Stores a submission in a transaction of its own; nil where it was stored before.
  @discardableResult
  func alone(_ writer: SubmissionWriter) async throws -> FormReceipt? {
    do {
      return try await editor.visit(
        writer.input, activeAt: writer.request.at, from: writer.origin
      ) {
        try await writer.find(in: $0)
      } then: {
        try await writer.write(of: $0, in: $1)
      }
    } catch is RepeatedSubmission {
      return nil
    }
  }

  /// The rows of a query as JSON, in order.
  func rows(_ query: SQL) async throws -> [String] {
    try await pool.query("SELECT row_to_json(x)::text FROM (\(sql: query)) AS x")
      .map { try $0.decode(at: 0) as String }.sorted()
  }
}
