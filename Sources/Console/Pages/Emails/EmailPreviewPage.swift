import API

/// An e-mail as a contact would get it, on a desktop or a phone. The builder shows the same while the e-mail is edited; this
/// page needs no script.
enum EmailPreviewPage {
  private static let parts = [
    "subject", "preheaderText", "customHtml", "plainText", "fromName", "fromAddress",
    "replyToAddress", "useOwnerAsMailer", "language", "dynamicContent",
  ]

  /// Renders it for the contact that the query names; for nobody in particular without one.
  private static func preview(_ email: JSONValue, _ page: PageRequest) async throws -> JSONValue {
    var draft: JSONObject = [:]
    for part in parts { draft[part] = email[part] }
    if let contact = page.query("contact") { draft["contact"] = .string(contact) }
    return try await page.send(.post, "emails/preview", .object(draft))["preview"] ?? [:]
  }

  private static func email(_ page: PageRequest) async throws -> JSONValue {
    guard let email = try await page.get("emails/\(page.id)")["email"] else {
      throw APIError.notFound
    }
    return email
  }

  static func page(_ page: PageRequest) async throws -> PageAnswer {
    let email = try await email(page)
    let texts = page.texts
    var (shown, problem): (JSONValue, String) = ([:], "")
    do {
      shown = try await preview(email, page)
    } catch let error as APIError where error.status != .forbidden {
      problem = error.details.first?.messages.first ?? error.message
    }
    let isPhone = page.query("width") == "phone"
    let contact = page.query("contact") ?? ""
    let query = contact.isEmpty ? "" : "?contact=\(PageRequest.encoded(contact))"
    let content = template(
      [
        "path": page.request.path, "contact": contact, "isPhone": isPhone,
        "problemHTML": problem.isEmpty ? .empty : Alert(.bad, problem)(page),
        "desktop": page.address(with: ["width": nil]),
        "phone": page.address(with: ["width": "phone"]), "isShown": problem.isEmpty,
        "from": "\(shown["fromName"]?.text ?? "") <\(shown["fromAddress"]?.text ?? "")>",
        "subject": shown["subject"]?.text ?? "", "plain": shown["plainText"]?.text ?? "",
        "source": "/console/emails/\(try page.id)/rendered\(query)",
        "hasHTML": !(shown["customHtml"]?.text ?? "").isEmpty,
      ], texts)
    var answer = try EmailTabs.page(email, "preview", Panel()(content, page), page)
    answer.title = texts("{name}: preview", ["name": email["name"]?.text ?? ""])
    answer.styles = ["email-builder.css", "emails.css"]
    return .page(answer)
  }

  private static let template = Template(
    #"""
    <div class="stack"><form method="get" action="{{path}}" class="row between email-preview-bar"><div class="field"><label class="label" for="preview-contact">[[As the contact with this number gets it]]</label><div class="row"><input class="input short" id="preview-contact" name="contact" value="{{contact}}" inputmode="numeric" pattern="[0-9]*">{{#isPhone}}<input type="hidden" name="width" value="phone">{{/isPhone}}<button class="button">[[Show]]</button></div></div>
    <nav class="buttons" aria-label="[[Width]]"><a class="button small" href="{{desktop}}"{{^isPhone}} aria-current="true"{{/isPhone}}>[icon:desktop][[Desktop]]</a><a class="button small" href="{{phone}}"{{#isPhone}} aria-current="true"{{/isPhone}}>[icon:phone][[Phone]]</a></nav></form>
    {{{problemHTML}}}{{#isShown}}<dl class="email-head"><dt>[[From]]</dt><dd>{{from}}</dd><dt>[[Subject]]</dt><dd>{{subject}}</dd></dl>
    {{#hasHTML}}<iframe class="preview{{#isPhone}} phone{{/isPhone}}" src="{{source}}" sandbox="" title="[[The e-mail]]"></iframe>{{/hasHTML}}
    {{^hasHTML}}<p class="muted">[[There is no HTML yet.]]</p>{{/hasHTML}}
    <details class="unfold"><summary>[[Plain text]]</summary><pre class="email-plain" tabindex="0">{{plain}}</pre></details>{{/isShown}}</div>
    """#)

  private static let policy = """
    default-src 'none'; style-src 'unsafe-inline' https: http:; img-src 'self' data: https: http:; \
    font-src data: https: http:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; sandbox
    """

  /// The HTML itself, which may do nothing (CSL-4).
  static func rendered(_ page: PageRequest) async throws -> PageAnswer {
    let shown = try await preview(try await email(page), page)
    return .other(EmailFrame.response(shown["customHtml"]?.text ?? "", policy: policy))
  }
}
