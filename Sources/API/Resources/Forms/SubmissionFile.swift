import CSV
import Forms
import Hummingbird
import Postgres

/// The submissions of a form as a CSV file, however many: those that a list would show, by id. What a spreadsheet would
/// run as a formula is neutralised.
struct SubmissionFile: Sendable {
  let submissions: SubmissionStore
  let form: Form
  /// The condition on the table `form_submissions`.
  let condition: SQL

  private static let pageSize = 1_000

  var response: APIResponse {
    let file = self
    return APIResponse(
      headers: [
        .contentType: "text/csv; charset=utf-8", .cacheControl: "no-store",
        .contentDisposition: "attachment; filename=\"form-\(form.id)-submissions.csv\"",
      ],
      body: .stream { writer in
        let aliases = file.form.fields.filter(\.type.isInput).map(\.alias)
        var csv = CSVWriter(lineEnd: .crlf, neutralisesFormulas: true)
        csv.write(["id", "dateSubmitted", "contact", "ipAddress", "referer"] + aliases)
        var last: Int64 = 0
        while true {
          let page = try await file.submissions.rows(
            of: file.form.id, after: last, limit: Self.pageSize, where: file.condition)
          for submission in page {
            csv.write(
              [
                String(submission.id), WireDate.format(submission.date),
                String(submission.contact), submission.address ?? "", submission.referer,
              ] + aliases.map { submission.results[$0] ?? "" })
          }
          try await writer.write(ByteBuffer(bytes: csv.take()))
          guard page.count == Self.pageSize, let end = page.last?.id else { break }
          last = end
        }
        try await writer.finish(nil)
      })
  }
}
