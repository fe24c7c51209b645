import API

/// The dynamic content of an e-mail: texts that depend on who gets it, each a token in the e-mail.
enum EmailDynamicContentPages {
  private static func email(_ page: PageRequest) async throws -> JSONValue {
    guard let email = try await page.get("emails/\(page.id)")["email"] else {
      throw APIError.notFound
    }
    return email
  }

  private static func slots(_ email: JSONValue) -> [JSONValue] {
    email["dynamicContent"]?.elements ?? []
  }

  /// The list, or the form of the one that the query names.
  static func page(_ page: PageRequest) async throws -> PageAnswer {
    let email = try await email(page)
    guard let slot = page.query("slot") else { return .page(try list(email, page)) }
    let slots = slots(email)
    let place = Int(slot)
    guard slot == "new" || place.map({ slots.indices.contains($0) }) == true else {
      throw APIError.notFound
    }
    return .page(
      try EmailDynamicContentForm(page: page, email: email, place: place)(
        place.map { slots[$0] } ?? [:]))
  }

  private static func list(_ email: JSONValue, _ page: PageRequest) throws -> Page {
    let texts = page.texts
    let mayEdit = page.may(.edit, .emails)
    let base = "emails/\(try page.id)/dynamic"
    let slots = slots(email)
    let content: HTML
    if slots.isEmpty {
      content = EmptyState(
        title: texts("No dynamic content yet"),
        text: texts(
          "Dynamic content is a place in the e-mail whose text depends on the contact: one text for all, and others for those who match filters."
        ),
        icon: "dynamic",
        action: mayEdit ? (texts("New dynamic content"), "/console/\(base)?slot=new") : nil)(page)
    } else {
      content = listTemplate(
        [
          "base": "/console/\(base)", "token": page.token, "mayEdit": mayEdit,
          "slots": slots.enumerated().map { place, slot -> [String: Any] in
            let name = slot["tokenName"]?.text ?? ""
            let variants = slot["filters"]?.elements?.count ?? 0
            return [
              "place": String(place), "name": name, "code": "{dynamiccontent=\"\(name)\"}",
              "variants": texts.counting(
                variants, one: "1 text for some", many: "{count} texts for some"),
            ]
          },
        ], texts)
    }
    return try EmailTabs.page(email, "dynamic", Panel(isPadded: false)(content, page), page)
  }

  private static let listTemplate = Template(
    #"""
    <ul class="list">{{#slots}}<li><div class="grow"><a href="{{base}}?slot={{place}}">{{name}}</a><span class="sub"><code>{{code}}</code> · {{variants}}</span></div>{{#mayEdit}}<form method="post" action="{{base}}/delete"><input type="hidden" name="token" value="{{token}}"><input type="hidden" name="slot" value="{{place}}"><button class="button small danger" data-confirm="[[Delete this dynamic content?]]" aria-label="[[Delete {{name}}]]">[icon:trash]</button></form>{{/mayEdit}}</li>{{/slots}}</ul>
    {{#mayEdit}}<div class="panel-foot"><a class="button" href="{{base}}?slot=new">[icon:plus][[New dynamic content]]</a></div>{{/mayEdit}}
    """#)

  /// Keeps what the form has sent, beside the others.
  static func save(_ page: PageRequest) async throws -> PageAnswer {
    let email = try await email(page)
    let body = try await FormBody(page)
    var slots = slots(email)
    let place = page.query("slot").flatMap { Int($0) }
    let sent = EmailDynamicContentForm.slot(body)
    let form = EmailDynamicContentForm(page: page, email: email, place: place)
    if let problem = form.problem(sent, body, among: slots) {
      var shown = try form(sent, problem: problem)
      shown.status = .unprocessableContent
      return .page(shown)
    }
    if let place, slots.indices.contains(place) { slots[place] = sent } else { slots.append(sent) }
    do {
      try await page.send(
        .patch, "emails/\(page.id)/edit", ["dynamicContent": .array(slots)])
    } catch let error as APIError where RecordForm.isOfTheForm(error) {
      var shown = try form(sent, problem: error.message)
      shown.status = error.status
      return .page(shown)
    }
    return .redirect(to: "emails/\(try page.id)/dynamic", message: page.texts("Saved."))
  }

  /// Takes one away.
  static func delete(_ page: PageRequest) async throws -> PageAnswer {
    var slots = slots(try await email(page))
    let place = try await FormBody(page).text("slot").flatMap { Int($0) }
    guard let place, slots.indices.contains(place) else { throw APIError.notFound }
    slots.remove(at: place)
    try await page.send(.patch, "emails/\(page.id)/edit", ["dynamicContent": .array(slots)])
    return .redirect(to: "emails/\(try page.id)/dynamic", message: page.texts("Deleted."))
  }
}
