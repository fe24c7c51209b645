import Contacts
import Fields
import Forms
import Hummingbird
import JobQueue
import Query
import Users

/// `/api/forms`: forms of websites (API page, 8.13).
struct FormResource: StandardResource {
  let forms: FormStore
  /// The definitions of fields, whose choices the markup of a form may offer.
  let fields: FieldStore
  /// The address of this installation.
  let site: String
  let clock: WallClock
  let pageCap: Int

  let path = "/api/forms"
  let areas = [PermissionArea.forms]
  let record: OwnedRecord? = .form
  let names = (one: "form", many: "forms")
  let shape = ListShape.array

  var entitySchema: Schema {
    """
    @published id:id name:text alias:text category:ShortCategory? description:text? cachedHtml:text \
    publishUp:date? publishDown:date? fields:FormField[] actions:FormAction[] template:text? \
    inKioskMode:truth renderStyle:truth formType:text postAction:text postActionProperty:text? \
    noIndex:truth? formAttributes:text? language:text? progressiveProfilingLimit:integer? proofOfWork:truth \
    consentText:text? doubleOptIn:object?
    """
  }
  var required: [String] { ["name"] }
  var example: JSONObject? {
    [
      "name": "Newsletter", "formType": "standalone", "postAction": "return",
      "fields": [["label": "E-mail", "type": "email", "alias": "email"]],
    ]
  }
  var bodyLists: [String] { ["fields", "actions"] }
  func readBody(_ body: JSONValue) throws { _ = try FormInput(body) }

  func list(_ request: APIRequest) async throws -> (entities: [FormView], total: Int) {
    let page = try await request.page(of: .forms, cap: pageCap) { paging, condition, order in
      try await forms.page(
        start: paging.start, limit: paging.limit, where: condition, order: order)
    }
    return (try await views(page.forms), page.total)
  }

  func find(_ id: Int64, _ request: APIRequest) async throws -> FormView? {
    try await view(try await forms.form(id))
  }

  func create(
    _ body: JSONValue, _ request: APIRequest
  ) async throws -> (entity: FormView, isNew: Bool) {
    let form = try await forms.create(
      FormInput(body), by: try request.requiredUser.author, now: clock.now)
    return (try await views([form])[0], true)
  }

  func update(
    _ id: Int64, _ body: JSONValue, replacing: Bool, _ request: APIRequest
  ) async throws -> FormView? {
    try await view(
      try await forms.update(
        id, FormInput(body), replacing: replacing, by: try request.requiredUser.author,
        now: clock.now))
  }

  func delete(_ id: Int64, _ request: APIRequest) async throws -> FormView? {
    try await view(
      try await forms.delete(id, by: try request.requiredUser.author, now: clock.now))
  }

  func id(of view: FormView) -> Int64 { view.form.id }

  func json(_ view: FormView, _ request: APIRequest) -> JSONValue { JSONValue(view) }

  private func view(_ form: Form?) async throws -> FormView? {
    guard let form else { return nil }
    return try await views([form]).first
  }

  private func views(_ forms: [Form]) async throws -> [FormView] {
    let known = try await fields.current()
    return forms.map {
      let markup = FormMarkup(form: $0, known: known, site: site)
      return FormView(form: $0, html: markup.style + markup.html)
    }
  }

  /// The routes of fields and actions alone.
  var partRoutes: [Route] {
    [
      Route(.delete, "\(path)/{id}/fields/delete", needs: .on(.form, .edit)) { request in
        try await answer(
          try await forms.deleteFields(
            try await request.parts("fields"), of: try request.id,
            by: try request.requiredUser.author, now: clock.now))
      }.described(
        "Delete fields of a form", query: "fields:any", body: "fields:any", answer: "form:Form"),
      Route(.delete, "\(path)/{id}/actions/delete", needs: .on(.form, .edit)) { request in
        try await answer(
          try await forms.deleteActions(
            try await request.parts("actions"), of: try request.id,
            by: try request.requiredUser.author, now: clock.now))
      }.described(
        "Delete actions of a form", query: "actions:any", body: "actions:any", answer: "form:Form"),
    ]
  }

  private func answer(_ form: Form?) async throws -> APIResponse {
    guard let view = try await view(form) else { throw APIError.notFound }
    return APIResponse(json: [names.one: JSONValue(view)])
  }
}

extension APIRequest {
  /// The ids of a list in the query or the body.
  ///
  /// - Throws: `APIError` 400 where there is no list, or one with something else than ids.
  fileprivate func parts(_ name: String) async throws -> [Int64] {
    var given = query[name]
    if given == nil { given = try await parameters()[name] }
    guard let elements = given?.elements else {
      throw APIError.badRequest("Name the \(name) to delete as a list: \(name)[]=1.")
    }
    return try elements.map { element throws(APIError) in
      guard let id = element.integer else {
        let text = InvalidInput.shown(element.text ?? "a list")
        throw .validation([(name, ["\(text) is no id"])])
      }
      return Int64(id)
    }
  }
}
