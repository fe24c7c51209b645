import API
import HTTPTypes

/// The form of a kind of record, to create and to change.
struct RecordForm: Sendable {
  let kind: RecordPages

  func new(_ page: PageRequest) async throws -> PageAnswer {
    try await shown(page, nil, FormValues())
  }

  func create(_ page: PageRequest) async throws -> PageAnswer {
    let body = try await FormBody(page)
    do {
      let answer = try await send(body, page, "\(kind.api)/new", .post)
      let record = answer[kind.member] ?? [:]
      if let shown = kind.created(record, page) { return shown }
      return .redirect(
        to: kind.page(of: record["id"]?.text ?? ""), message: page.texts("Created."))
    } catch let error as APIError where Self.isOfTheForm(error) {
      return try await shown(page, nil, FormValues(body, error), error)
    }
  }

  func edit(_ page: PageRequest) async throws -> PageAnswer {
    let record = try await record(page)
    return try await shown(page, record, FormValues(record))
  }

  func update(_ page: PageRequest) async throws -> PageAnswer {
    let body = try await FormBody(page)
    do {
      let id = try page.id
      try await send(body, page, "\(kind.api)/\(id)/edit", kind.updates)
      return .redirect(to: kind.page(of: String(id)), message: page.texts("Saved."))
    } catch let error as APIError where Self.isOfTheForm(error) {
      return try await shown(page, try await record(page), FormValues(body, error), error)
    }
  }

  @discardableResult
  private func send(
    _ body: FormBody, _ page: PageRequest, _ path: String, _ method: HTTPRequest.Method
  ) async throws -> JSONValue {
    var members = body.members
    for name in ["publishUp", "publishDown"] {
      guard let text = members[name]?.text, let moment = LocalMoment.wire(text, page.formats) else {
        continue
      }
      members[name] = .string(moment)
    }
    try await kind.prepare(&members, page)
    return try await page.send(method, path, .object(members))
  }

  private func record(_ page: PageRequest) async throws -> JSONValue {
    try await page.get("\(kind.api)/\(page.id)", kind.recordQuery)[kind.member] ?? [:]
  }

  /// Whether an error is about what the form sent, and is shown there.
  static func isOfTheForm(_ error: APIError) -> Bool {
    [.badRequest, .unprocessableContent, .conflict].contains(error.status)
  }

  private func shown(
    _ page: PageRequest, _ record: JSONValue?, _ values: FormValues, _ error: APIError? = nil
  ) async throws -> PageAnswer {
    let id = record?["id"]?.text
    let name = record.flatMap {
      $0["name"]?.text ?? $0["title"]?.text ?? $0["label"]?.text ?? $0["tag"]?.text
        ?? $0["username"]?.text
    }
    let fields = FormView(
      page: page, sections: try await kind.fields(record, page), values: values)
    let mayEdit = id == nil || page.may(.edit, kind.area)
    let back = "/console/\(kind.path)" + (kind.hasDetails ? id.map { "/\($0)" } ?? "" : "")
    let form = Self.template(
      [
        "token": page.token, "fieldsHTML": fields(), "mayEdit": mayEdit, "back": back,
        "problemHTML": fields.problemHTML,
        "isNew": id == nil,
      ], page.texts)
    let aside = if let record { try await kind.aside(record, page) } else { HTML.empty }
    let panel = Panel()(form, page)
    let content =
      aside.isEmpty ? panel : Self.split(["mainHTML": panel, "asideHTML": aside], page.texts)
    var shown = Page(
      title: name ?? page.texts(id == nil ? kind.nouns.new : kind.nouns.one),
      trail: [.init(text: page.texts(kind.nouns.many), path: kind.path)],
      actionsHTML: record.map { RecordActions(kind: kind).buttons($0, page) } ?? .empty,
      contentHTML: (record.map { kind.above($0, page) } ?? .empty) + content, section: kind.section,
      width: aside.isEmpty ? .narrow : .ordinary,
      scripts: kind.scripts, styles: kind.styles)
    if let error { shown.status = error.status }
    return .page(shown)
  }

  private static let template = Template(
    #"""
    <form method="post" data-keep>{{{problemHTML}}}<input type="hidden" name="token" value="{{token}}">
    {{{fieldsHTML}}}
    <div class="form-actions">{{#mayEdit}}<button class="button primary">{{#isNew}}[[Create]]{{/isNew}}{{^isNew}}[[Save]]{{/isNew}}</button>{{/mayEdit}}<a class="button plain" href="{{back}}">[[Cancel]]</a></div></form>
    """#)

  private static let split = Template(
    #"""
    <div class="split"><div>{{{mainHTML}}}</div><aside>{{{asideHTML}}}</aside></div>
    """#)
}
