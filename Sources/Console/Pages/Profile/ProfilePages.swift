import API

/// What users see and change of themselves.
enum ProfilePages {
  static var routes: [ConsoleRoute] {
    [
      .get("/profile") { page in
        .page(try await ProfileForm(page: page)())
      },
      .post("/profile") { try await save($0) },
    ] + ProfilePassword.routes + ProfileTokens.routes + ProfileSessions.routes
  }

  /// A page of the profile, with its tabs.
  ///
  /// - Parameter tab: The path of the tab that is shown, below `/console/`.
  static func page(
    _ title: String, _ tab: String, _ content: HTML, _ page: PageRequest
  ) -> Page {
    let texts = page.texts
    var tabs: [Tabs.Tab] = [
      .init(text: texts("Profile"), path: "profile", isCurrent: tab == "profile"),
      .init(
        text: texts("Password"), path: "profile/password", isCurrent: tab == "profile/password"),
    ]
    if page.may(.full, .tokens) {
      tabs.append(
        .init(
          text: texts("API tokens"), path: "profile/tokens", isCurrent: tab == "profile/tokens"))
    }
    tabs.append(
      .init(
        text: texts("Sessions"), path: "profile/sessions", isCurrent: tab == "profile/sessions"))
    return Page(
      title: title,
      trail: tab == "profile" ? [] : [.init(text: texts("Profile"), path: "profile")],
      contentHTML: Tabs(texts("Profile"), tabs)(page) + content, section: "profile")
  }

  private static func save(_ page: PageRequest) async throws -> PageAnswer {
    let body = try await FormBody(page)
    do {
      var members = body.members
      // What has never been given may stay empty; what has been is not emptied.
      let user = try await page.get("users/self")
      for name in ["firstName", "lastName", "email"]
      where members[name]?.text == "" && (user[name]?.text ?? "").isEmpty {
        members[name] = nil
      }
      try await page.send(.patch, "users/self/edit", .object(members))
      return .redirect(to: "profile", message: page.texts("Saved."))
    } catch let error as APIError where RecordForm.isOfTheForm(error) {
      var content = try await ProfileForm(page: page, refused: FormValues(body, error))()
      content.status = error.status
      return .page(content)
    }
  }
}

/// The form with which a user changes himself.
struct ProfileForm: Sendable {
  let page: PageRequest
  /// What was sent of the profile and refused; nil for nothing.
  var refused: FormValues?

  func callAsFunction() async throws -> Page {
    let user = try await page.get("users/self")
    let texts = page.texts
    let values = refused ?? FormValues(user)
    let fields = FormView(page: page, sections: sections(user), values: values)
    let profile = Self.form(
      [
        "token": page.token,
        "problemHTML": fields.problemHTML,
        "fieldsHTML": fields(),
      ], texts)
    let aside = Self.aside(
      [
        "isOn": user["twoFactor"]?.truth == true, "role": user["role"]?["name"]?.text ?? "",
        "username": user["username"]?.text ?? "", "loginHTML": page.time(user["lastLogin"]),
      ], texts)
    let content = Self.split(["mainHTML": Panel()(profile, page), "asideHTML": aside], texts)
    return ProfilePages.page(texts("Profile"), "profile", content, page)
  }

  private func sections(_ user: JSONValue) -> [FormSection] {
    let texts = page.texts
    func field(_ name: String, _ label: String, _ kind: FormField.Kind = .text) -> FormField {
      FormField(name, label, kind, isRequired: !(user[name]?.text ?? "").isEmpty)
    }
    return [
      FormSection(
        "",
        [
          field("firstName", texts("First name")), field("lastName", texts("Last name")),
          field("email", texts("E-mail"), .email),
          FormField(
            "currentPassword", texts("Current password"), .password,
            hint: texts("Needed for another e-mail address only.")),
          FormField("position", texts("Position")),
        ]),
      FormSection(
        texts("Preferences"),
        LocaleFields.of(user, page) + [
          FormField(
            "signature", texts("Signature"), .longText(rows: 3),
            hint: texts("Stands in e-mails to the contacts whose owner you are."), isWide: true)
        ]),
    ]
  }

  private static let form = Template(
    #"""
    <form method="post" data-keep>{{{problemHTML}}}<input type="hidden" name="token" value="{{token}}">
    {{{fieldsHTML}}}<div class="form-actions"><button class="button primary">[[Save]]</button></div></form>
    """#)

  private static let aside = Template(
    #"""
    <section class="panel"><header class="panel-head"><h2>[[Account]]</h2></header><div class="panel-body"><dl class="facts lined"><div><dt>[[User name]]</dt><dd>{{username}}</dd></div><div><dt>[[Role]]</dt><dd>{{role}}</dd></div><div><dt>[[Last sign-in]]</dt><dd>{{{loginHTML}}}</dd></div></dl></div></section>
    <section class="panel"><header class="panel-head"><h2>[[Second factor]]</h2>{{#isOn}}<span class="badge ok">[[On]]</span>{{/isOn}}{{^isOn}}<span class="badge">[[Off]]</span>{{/isOn}}</header><div class="panel-body stack tight"><p class="muted">[[A code from your phone beside the password keeps others out who know it.]]</p><div><a class="button" href="/account/two-factor">{{#isOn}}[[Manage]]{{/isOn}}{{^isOn}}[[Set up]]{{/isOn}}</a></div></div></section>
    """#)

  private static let split = Template(
    #"""
    <div class="split"><div>{{{mainHTML}}}</div><aside>{{{asideHTML}}}</aside></div>
    """#)
}
