import API

/// Writes an e-mail to one contact. It is kept among the e-mails, so that its opens and clicks are counted as of any.
enum FreeEmail {
  private static let template = Template(
    #"""
    <form method="post" action="{{action}}" data-keep><input type="hidden" name="token" value="{{token}}">{{{fieldsHTML}}}
    <div class="form-actions"><button class="button primary">[[Send]]</button></div></form>
    """#)

  /// The form, where the user may create e-mails.
  static func form(
    _ contact: ContactRecord, _ values: FormValues, _ page: PageRequest
  ) -> HTML {
    guard page.may(.create, .emails), page.may(.publish, .emails) else { return .empty }
    let fields = [
      FormField("subject", page.texts("Subject"), isRequired: true, isWide: true),
      FormField(
        "message", page.texts("Text"), .longText(rows: 10),
        hint: page.texts(
          "Tokens such as {token} are filled in. The e-mail is kept among the e-mails.",
          ["token": "{contactfield=firstname}"]), isRequired: true, isWide: true),
    ]
    let view = FormView(page: page, sections: [FormSection("", fields)], values: values)
    return Panel(page.texts("Or write one"))(
      template(
        ["action": "\(contact.path)/write", "token": page.token, "fieldsHTML": view()],
        page.texts), page)
  }

  /// Keeps the e-mail and sends it; where it cannot be sent, it is not kept.
  static func send(_ page: PageRequest) async throws -> PageAnswer {
    let id = try page.id
    let body = try await FormBody(page)
    let subject = body.text("subject") ?? ""
    do {
      guard let text = body.text("message") else {
        let problem = page.texts("The e-mail has no text.")
        throw APIError(.badRequest, problem, details: [("message", [problem])])
      }
      let made = try await page.send(
        .post, "emails/new",
        [
          "name": .string(subject), "subject": .string(subject), "emailType": "template",
          "isPublished": true, "plainText": .string(text), "customHtml": .string(html(text)),
        ])
      guard let email = made["email"]?["id"]?.integer else { throw APIError.notFound }
      let answer = try await page.send(.post, "emails/\(email)/contact/\(id)/send")
      guard answer["success"]?.truth == true else {
        try await page.send(.delete, "emails/\(email)/delete")
        throw APIError(
          .unprocessableContent,
          page.texts("Not sent: {why}", ["why": answer["failed"]?.text ?? ""]))
      }
    } catch let error as APIError where RecordForm.isOfTheForm(error) {
      return try await SendForm.refused(body, error, page)
    }
    return .redirect(to: "contacts/\(id)", message: page.texts("The e-mail is on its way."))
  }

  /// The text as HTML: an empty line ends a paragraph.
  private static func html(_ text: String) -> String {
    let lines = text.replacing("\r\n", with: "\n")
    let paragraphs = lines.split(separator: "\n\n").map { paragraph in
      "<p>" + HTML(escaping: String(paragraph)).text.replacing("\n", with: "<br>") + "</p>"
    }
    return "<!doctype html><html><body>" + paragraphs.joined() + "</body></html>"
  }
}
