import Contacts
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
  let clock: WallClock
  let pageCap: Int

  var routes: [Route] {
    let path = "/api/forms/{id}/submissions"
    return [
      Route(.get, path) { try await list($0, of: nil) },
      Route(.get, "\(path)/{sid}") { try await show($0) },
      Route(.post, "\(path)/{sid}/confirmation", takesIdempotencyKey: true) { request in
        let form = try await form(request)
        let id = try request.number("sid")
        guard try await submissions.submission(id, of: form.id) != nil else {
          throw APIError.notFound
        }
        guard try await confirmations.resend(id, of: form.id, now: clock.now) else {
          throw APIError.conflict("The submission waits for no confirmation.")
        }
        return APIResponse(json: ["success": 1])
      },
      Route(.get, "\(path)/contact/{cid}") { request in
        let contact = try request.number("cid")
        guard try await contacts.exists(contact) else { throw APIError.notFound }
        return try await list(request, of: contact)
      },
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
    if request.wantsCSV {
      return SubmissionFile(submissions: submissions, form: form, condition: condition).response
    }
    let page = try await submissions.page(
      of: form.id, start: paging.start, limit: paging.limit, where: condition,
      order: try list.order(wanted))
    let entities = try await json(page.submissions, of: form)
    return APIResponse(json: [
      "total": .string(String(page.total)), "submissions": .array(entities),
    ])
  }

  private func show(_ request: APIRequest) async throws -> APIResponse {
    let form = try await form(request)
    guard
      let submission = try await submissions.submission(
        try request.number("sid"), of: form.id),
      let json = try await json([submission], of: form).first
    else { throw APIError.notFound }
    return APIResponse(json: ["submission": json])
  }

  private func form(_ request: APIRequest) async throws -> Form {
    guard let form = try await forms.form(try request.id) else { throw APIError.notFound }
    return form
  }

  private func json(_ submissions: [FormSubmission], of form: Form) async throws -> [JSONValue] {
    let found = try await contacts.contacts(Set(submissions.map(\.contact)).sorted())
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
  private func results(_ submission: FormSubmission, of form: Form) -> JSONValue {
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

extension APIRequest {
  /// An id in the path beside ``id``.
  fileprivate func number(_ name: String) throws -> Int64 {
    guard let id = Int64(try pathText(name)) else { throw APIError.unknownRoute }
    return id
  }
}
