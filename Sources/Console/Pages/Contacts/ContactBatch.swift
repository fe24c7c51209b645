import API

/// Changes many contacts at once: those selected, or all that match. A form asks what is to happen; many are changed by a job
/// whose progress is shown.
struct ContactBatch: Sendable {
  let page: PageRequest

  /// The most contacts that are deleted at once (CON-90).
  static let deletionLimit = 100

  /// Whom it is about.
  private struct Selection {
    var state: ContactListState
    /// The selected; empty where all are meant that match.
    var ids: [Int64]
    var isEverything: Bool
    var count: Int
    /// Whether the count is the database's guess.
    var isEstimated = false
  }

  /// The actions that a user may choose.
  static func offered(_ page: PageRequest) -> [ContactBatchAction] {
    ContactBatchAction.allCases.filter { page.may($0.needs) }
  }

  func callAsFunction() async throws -> PageAnswer {
    let body = try await FormBody(page)
    guard let action = body.text("action").flatMap(ContactBatchAction.init) else {
      throw APIError(.badRequest, "action: none of those that there are.")
    }
    guard page.may(action.needs) else { throw APIError.forbidden }
    let selection = try await selection(body)
    guard selection.isEverything || !selection.ids.isEmpty else {
      return .redirect(
        to: selection.state.address(), message: page.texts("Nobody was selected."))
    }
    guard body.text("apply") != nil else {
      return try await asked(action, selection, FormValues(Self.initial(action)))
    }
    do {
      return try await apply(action, selection, body)
    } catch let error as APIError where RecordForm.isOfTheForm(error) {
      return try await asked(action, selection, FormValues(body, error), error)
    }
  }

  private static func initial(_ action: ContactBatchAction) -> JSONValue {
    switch action {
    case .dnc: ["add": ["email"], "reason": "3"]
    case .export: ["format": "csv", "notifyEmail": false]
    default: [:]
    }
  }

  private func selection(_ body: FormBody) async throws -> Selection {
    let state = ContactListState(body)
    guard body.text("everything") != nil else {
      let ids = body.ids("ids")
      return Selection(state: state, ids: ids, isEverything: false, count: ids.count)
    }
    var query: JSONObject = ["limit": 1, "select": "points"]
    if !state.wholeSearch.isEmpty { query["search"] = .string(state.wholeSearch) }
    let answer = try await page.console.api.call(
      .get, "/api/contacts", query: query, as: page.request)
    return Selection(
      state: state, ids: [], isEverything: true, count: answer.json["total"]?.integer ?? 0,
      isEstimated: answer.headers[.totalEstimated] != nil)
  }

  // MARK: What is to happen

  private func asked(
    _ action: ContactBatchAction, _ selection: Selection, _ values: FormValues,
    _ error: APIError? = nil
  ) async throws -> PageAnswer {
    let sections = try await ContactBatchForm(action: action, page: page).sections(selection.state)
    let isTooMany = action == .delete && selection.count > Self.deletionLimit
    let form = Self.template(
      [
        "token": page.token, "action": action.rawValue,
        "kept": selection.state.fields(), "ids": selection.ids.map { String($0) },
        "isEverything": selection.isEverything, "whom": whom(selection),
        "problemHTML": problem(values, sections).map { Alert(.bad, $0)(page) } ?? .empty,
        "fieldsHTML": FormView(page: page, sections: sections, values: values)(),
        "isDanger": action.isDanger && !isTooMany, "isTooMany": isTooMany,
        "limitHTML": isTooMany ? tooMany : .empty,
        "isExport": action == .export,
        "button": action == .export ? page.texts("Start the export") : page.texts("Apply"),
        "back": "/console/" + selection.state.address(start: selection.state.start),
      ], page.texts)
    var shown = Page(
      title: action.heading(page.texts), subtitle: whom(selection),
      trail: [.init(text: page.texts("Contacts"), path: selection.state.address())],
      contentHTML: Panel()(form, page), section: "contacts", width: .narrow,
      styles: ["contacts.css"])
    if let error { shown.status = error.status }
    return .page(shown)
  }

  /// What is wrong that no field of the form shows.
  private func problem(_ values: FormValues, _ sections: [FormSection]) -> String? {
    guard let problem = values.problem else { return nil }
    let names = Set(sections.flatMap(\.fields).map(\.name))
    let others = values.problems.filter { !names.contains($0.key) }.flatMap(\.value)
    return others.isEmpty ? problem : others.joined(separator: " ")
  }

  private var tooMany: HTML {
    Alert(
      .warn,
      page.texts(
        "At most {count} contacts are deleted at once. Select fewer.",
        ["count": page.formats.number(Self.deletionLimit)]))(page)
  }

  private func whom(_ selection: Selection) -> String {
    let texts = page.texts
    if selection.isEstimated {
      return texts(
        "All that match, about {count} contacts",
        ["count": page.formats.number(selection.count)])
    }
    if selection.isEverything {
      return texts.counting(
        selection.count, one: "The only contact that matches",
        many: "All {count} contacts that match")
    }
    return texts.counting(
      selection.count, one: "1 selected contact", many: "{count} selected contacts")
  }

  private static let template = Template(
    #"""
    <form method="post" action="/console/contacts/batch" data-keep>{{{problemHTML}}}{{{limitHTML}}}<input type="hidden" name="token" value="{{token}}"><input type="hidden" name="action" value="{{action}}"><input type="hidden" name="apply" value="1">
    {{#kept}}<input type="hidden" name="{{name}}" value="{{value}}">{{/kept}}{{#ids}}<input type="hidden" name="ids[]" value="{{.}}">{{/ids}}{{#isEverything}}<input type="hidden" name="everything" value="1">{{/isEverything}}
    {{{fieldsHTML}}}{{#isDanger}}<p>[[They and their history are gone for good. There is no way back.]]</p>{{/isDanger}}
    <div class="form-actions">{{^isTooMany}}{{#isDanger}}<button class="button danger primary">[icon:trash][[Delete for good]]</button>{{/isDanger}}{{^isDanger}}<button class="button primary">{{button}}</button>{{/isDanger}}{{/isTooMany}}<a class="button plain" href="{{back}}">[[Cancel]]</a></div></form>
    """#)

  // MARK: Doing it

  private func apply(
    _ action: ContactBatchAction, _ selection: Selection, _ body: FormBody
  ) async throws -> PageAnswer {
    if action == .export {
      return try await ContactExport(page: page).start(
        body, selection.state, ids: selection.isEverything ? nil : selection.ids)
    }
    var members = ContactBatchForm(action: action, page: page).members(body)
    if !selection.isEverything {
      members["ids"] = .array(selection.ids.map { .int(Int($0)) })
    } else if selection.state.wholeSearch.isEmpty {
      members["where"] = [["col": "id", "expr": "gt", "val": 0]]
    } else {
      members["search"] = .string(selection.state.wholeSearch)
    }
    let answer = try await page.send(.post, "contacts/bulk", .object(members))
    guard let id = answer["job"]?["id"]?.text else { throw APIError.notFound }
    // Few are changed while the browser waits.
    let isFew = !selection.isEverything
    if isFew, let job = try await page.optional("jobs/\(id)", ["wait": 3])?["job"],
      job["state"]?.text == "succeeded"
    {
      return .redirect(
        to: selection.state.address(start: selection.state.start),
        message: BulkResult(job["result"] ?? .null).text(page))
    }
    return .redirect(to: "contacts/bulk/\(id)?of=\(selection.count)")
  }
}
