import API

/// Changes the own password.
enum ProfilePassword {
  static var routes: [ConsoleRoute] {
    [
      .get("/profile/password") { .page(shown($0, .new)) },
      .post("/profile/password") { try await change($0) },
    ]
  }

  private static func change(_ page: PageRequest) async throws -> PageAnswer {
    let body = try await FormBody(page)
    do {
      try await page.send(.patch, "users/self/edit", .object(body.members))
      return .redirect(
        to: "profile",
        message: page.texts("The password is changed. All other sessions are ended."))
    } catch let error as APIError where RecordForm.isOfTheForm(error) {
      var values = FormValues(body, error)
      values.problems["plainPassword[password]"] = values.problems["plainPassword"]
      var content = shown(page, values)
      content.status = error.status
      return .page(content)
    }
  }

  private static func shown(_ page: PageRequest, _ values: FormValues) -> Page {
    let texts = page.texts
    let section = FormSection(
      "",
      [
        FormField(
          "currentPassword", texts("Current password"), .password, isRequired: true, isWide: true),
        FormField(
          "plainPassword[password]", texts("New password"), .password,
          hint: texts("At least 6 characters."), isRequired: true),
        FormField(
          "plainPassword[confirm]", texts("New password again"), .password, isRequired: true),
      ])
    let fields = FormView(page: page, sections: [section], values: values)
    let form = template(
      [
        "token": page.token,
        "problemHTML": fields.problemHTML,
        "fieldsHTML": fields(),
      ], texts)
    var content = ProfilePages.page(
      texts("Password"), "profile/password", Panel()(form, page), page)
    content.width = .narrow
    return content
  }

  private static let template = Template(
    #"""
    <form method="post">{{{problemHTML}}}<input type="hidden" name="token" value="{{token}}">
    {{{fieldsHTML}}}<div class="form-actions"><button class="button primary">[[Change the password]]</button></div></form>
    """#)
}
