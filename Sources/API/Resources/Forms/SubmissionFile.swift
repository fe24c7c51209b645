import CSV
import Exports
import Forms
import Hummingbird
import Postgres

/// The submissions of a form as a CSV file or a workbook, however many: those that a list would show, by id. What a
/// spreadsheet would run as a formula is neutralised in the one and a text in the other.
struct SubmissionFile: Sendable {
  let submissions: SubmissionStore
  let form: Form
  /// The condition on the table `form_submissions`.
  let condition: SQL
  let exports: ExportService
  /// CSV or Excel.
  let format: ExportFormat

  private static let pageSize = 1_000

  var response: APIResponse {
    let file = self
    return APIResponse(
      headers: [
        .contentType: format == .csv ? "text/csv; charset=utf-8" : format.contentType,
        .cacheControl: "no-store",
        .contentDisposition:
          "attachment; filename=\"form-\(form.id)-submissions.\(format.rawValue)\"",
      ],
      body: .stream { writer in
        if file.format == .csv {
          var csv = CSVWriter(lineEnd: .crlf, neutralisesFormulas: true)
          csv.write(file.heading)
          try await file.pages { rows in
            for row in rows { csv.write(row) }
            try await writer.write(ByteBuffer(bytes: csv.take()))
          }
        } else {
          let workbook = try await file.exports.newWorkbook(file.heading, titled: "Submissions")
          try await file.pages { try workbook.add($0) }
          try await workbook.finish { try await writer.write(ByteBuffer(bytes: $0)) }
        }
        try await writer.finish(nil)
      })
  }

  private var aliases: [String] { form.fields.filter(\.type.isInput).map(\.alias) }

  private var heading: [String] {
    ["id", "dateSubmitted", "contact", "ipAddress", "referer"] + aliases
  }

  /// Reads the submissions, a page of rows at a time; at least one page, perhaps an empty one.
  private func pages(
    isolation: isolated (any Actor)? = #isolation, _ body: ([[String]]) async throws -> Void
  ) async throws {
    let aliases = aliases
    var last: Int64 = 0
    while true {
      let page = try await submissions.rows(
        of: form.id, after: last, limit: Self.pageSize, where: condition)
      try await body(
        page.map { submission in
          [
            String(submission.id), WireDate.format(submission.date), String(submission.contact),
            submission.address ?? "", submission.referer,
          ] + aliases.map { submission.results[$0] ?? "" }
        })
      guard page.count == Self.pageSize, let end = page.last?.id else { return }
      last = end
    }
  }
}
