import Assets
import Contacts
import Exports
import Forms
import Hummingbird
import JobQueue
import Query

/// The submissions of a form (API page, 8.13).
struct SubmissionRoutes: Sendable {
  let forms: FormStore
  let submissions: SubmissionStore
  let contacts: ContactStore
  let confirmations: FormConfirmations
  let files: MediaFileStore
  let exports: ExportService
  let clock: WallClock
  let pageCap: Int

  var routes: [Route] {
    let path = "/api/forms/{id}/submissions"
    return [
      Route(.get, path, needs: .on(.form, .view)) { try await list($0, of: nil) }.described(
        "List the submissions of a form", query: "@list format:text",
        answer: "total:text submissions:list", file: "*/*"),
      Route(.get, "\(path)/{sid}", needs: .on(.form, .view)) { try await show($0) }.described(
        "Get one submission", answer: "submission:object"),
      Route(
        .post, "\(path)/{sid}/confirmation", needs: .on(.form, .edit), takesIdempotencyKey: true
      ) { request in
        let form = try await form(request)
        let id = try request.number("sid")
        guard try await submissions.submission(id, of: form.id) != nil else {
          throw APIError.notFound
        }
        guard try await confirmations.resend(id, of: form.id, now: clock.now) else {
          throw APIError.conflict("The submission waits for no confirmation.")
        }
        return APIResponse(json: ["success": 1])
      }.described("Send the mail that asks for a confirmation again", answer: "success:any"),
      Route(.get, "\(path)/{sid}/files/{alias:text}", needs: .on(.form, .view)) {
        try await file($0)
      }.described("A file that came with a submission", file: "application/octet-stream"),
      Route(
        .get, "\(path)/contact/{cid}", needs: .on(.form, .view).and(.on(.contact, .view, "cid"))
      ) { request in
        let contact = try request.number("cid")
        guard try await contacts.exists(contact) else { throw APIError.notFound }
        return try await list(request, of: contact)
      }.described(
        "List the submissions of a contact", query: "@list format:text",
        answer: "total:text submissions:list", file: "*/*"),
    ]
  }

  private func list(_ request: APIRequest, of contact: Int64?) async throws -> APIResponse {
    let form = try await form(request)
    let paging = Paging(request.query, cap: pageCap)
    let wanted = try request.list
    let list = ListQuery.submissions(of: form)
    var condition = try list.condition(wanted)
    if let contact {
      condition = "contact_id = \(contact) AND (\(sql: condition))"
    }
    let isWorkbook = request.query["format"]?.text?.lowercased() == ExportFormat.xlsx.rawValue
    if isWorkbook || request.wantsCSV {
      return SubmissionFile(
        submissions: submissions, form: form, condition: condition, exports: exports,
        format: isWorkbook ? .xlsx : .csv
      ).response
    }
    let page = try await submissions.page(
      of: form.id, start: paging.start, limit: paging.limit, where: condition,
      order: try list.order(wanted))
    let entities = try await SubmissionView.json(page.submissions, of: form, contacts)
    return APIResponse(json: [
      "total": .string(String(page.total)), "submissions": .array(entities),
    ])
  }

  private func show(_ request: APIRequest) async throws -> APIResponse {
    let form = try await form(request)
    guard
      let submission = try await submissions.submission(
        try request.number("sid"), of: form.id),
      let json = try await SubmissionView.json([submission], of: form, contacts).first
    else { throw APIError.notFound }
    return APIResponse(json: ["submission": json])
  }

  /// A file that came with a submission, never shown: anybody may have sent it.
  private func file(_ request: APIRequest) async throws -> APIResponse {
    let form = try await form(request)
    guard
      let submission = try await submissions.submission(
        try request.number("sid"), of: form.id),
      let id = submission.files[try request.pathText("alias")],
      let file = try await files.file(id)
    else { throw APIError.notFound }
    return try await StoredFile.answer(
      file, from: files,
      headers: [
        .contentType: "application/octet-stream", .cacheControl: "private, no-store",
        .contentDisposition: StoredFile.disposition(file.originalName, isInline: false),
        .contentSecurityPolicy: StoredFile.policy, .xContentTypeOptions: "nosniff",
      ]
    ).response(to: request)
  }

  private func form(_ request: APIRequest) async throws -> Form {
    guard let form = try await forms.form(try request.id) else { throw APIError.notFound }
    return form
  }
}

extension APIRequest {
  /// An id in the path beside ``id``.
  fileprivate func number(_ name: String) throws -> Int64 {
    guard let id = Int64(try pathText(name)) else { throw APIError.unknownRoute }
    return id
  }
}
