import API

/// The tokens of a user: with them programs call the API in his name.
enum ProfileTokens {
  static var routes: [ConsoleRoute] {
    let needs = Requirement.onAll(.tokens, .full)
    return [
      .get("/profile/tokens", needs: needs) { .page(try await list($0)) },
      .get("/profile/tokens/new", needs: needs) { .page(shown($0, FormValues())) },
      .post("/profile/tokens/new", needs: needs) { try await create($0) },
      .post("/profile/tokens/{id}/revoke", needs: needs) { page in
        try await page.send(.delete, "tokens/\(page.id)/delete")
        return .redirect(to: "profile/tokens", message: page.texts("The token is revoked."))
      },
    ]
  }

  // MARK: The list

  private static let limit = 50

  private static func list(_ page: PageRequest) async throws -> Page {
    let texts = page.texts
    let start = max(0, page.query("start").flatMap { Int($0) } ?? 0)
    let answer = try await page.get(
      "tokens",
      ["user": .int(Int(page.user.id)), "limit": .int(limit), "start": .int(start)])
    let tokens = answer["tokens"]?.elements ?? []
    let content: HTML
    if tokens.isEmpty {
      content = EmptyState(
        title: texts("No tokens yet"),
        text: texts(
          "With a token a program calls the API in your name, without your password. It can be narrowed, and revoked at any time."
        ), icon: "lock", action: (texts("New token"), "/console/profile/tokens/new"))(page)
    } else {
      content =
        TableView(page: page, columns: columns(page), rows: tokens, caption: texts("API tokens"))()
        + Pager(
          page: page, start: start, limit: limit,
          total: answer["total"]?.integer ?? tokens.count)()
    }
    var shown = ProfilePages.page(
      texts("API tokens"), "profile/tokens", Panel(isPadded: false)(content, page), page)
    shown.actionsHTML = newButton([:], texts)
    return shown
  }

  private static let newButton = Template(
    #"<a class="button primary" href="/console/profile/tokens/new">[icon:plus][[New token]]</a>"#)

  private static func columns(_ page: PageRequest) -> [Column] {
    let texts = page.texts
    return [
      Column(texts("Name")) { token, page in
        page.plain(token["name"]?.text)
          + prefix(["text": token["prefix"]?.text ?? ""], page.texts)
      },
      Column(texts("May")) { token, page in
        guard let scope = token["scope"]?.elements else {
          return page.plain(page.texts("All that you may"))
        }
        let words = scope.compactMap(\.text)
        return page.plain(
          words == ["read"] ? page.texts("Look only") : words.joined(separator: ", "))
      },
      Column(texts("From"), .wide) { token, page in
        let networks = (token["networks"]?.elements ?? []).compactMap(\.text)
        return networks.isEmpty
          ? page.muted(page.texts("Anywhere")) : page.plain(networks.joined(separator: ", "))
      },
      Column(texts("Created"), .line) { $1.time($0["dateAdded"]) },
      Column(texts("Last used"), .line) { $1.time($0["lastUsed"]) },
      Column(texts("Expires"), .line) { $1.time($0["expires"]) },
      Column("", .tools) { token, page in
        if token["revoked"]?.text != nil { return page.badge(page.texts("Revoked"), .bad) }
        return revoke(["id": token["id"]?.text ?? "", "token": page.token], page.texts)
      },
    ]
  }

  private static let prefix = Template(#"<div class="sub mono">{{text}}…</div>"#)

  private static let revoke = Template(
    #"""
    <form method="post" action="/console/profile/tokens/{{id}}/revoke"><input type="hidden" name="token" value="{{token}}"><button class="button small danger" data-confirm="[[Revoke this token? Programs that use it stop working.]]">[[Revoke]]</button></form>
    """#)

  // MARK: A new token

  private static func create(_ page: PageRequest) async throws -> PageAnswer {
    let body = try await FormBody(page)
    var members: JSONObject = ["name": body.members["name"] ?? ""]
    switch body.text("kind") {
    case "read": members["scope"] = ["read"]
    case "some": members["scope"] = .string(body.text("scope") ?? "")
    default: break
    }
    for name in ["networks", "expires"] { members[name] = body.text(name).map { .string($0) } }
    do {
      guard body.text("kind") != "some" || body.text("scope") != nil else {
        throw APIError.validation([("scope", [page.texts("Name the permissions.")])])
      }
      let token = try await page.send(.post, "tokens/new", .object(members))["token"] ?? [:]
      let secret = SecretOnce(
        text: page.texts(
          "Copy the token to the program that needs it. Programs send it as: Authorization: Bearer TOKEN."
        ),
        values: [(page.texts("Token"), token["token"]?.text ?? "")], next: "profile/tokens")
      return .page(
        Page(
          title: token["name"]?.text ?? page.texts("New token"), trail: trail(page),
          contentHTML: secret(page), section: "profile", width: .narrow))
    } catch let error as APIError where RecordForm.isOfTheForm(error) {
      var content = shown(page, FormValues(body, error))
      content.status = error.status
      return .page(content)
    }
  }

  private static func trail(_ page: PageRequest) -> [Page.Trail] {
    [
      .init(text: page.texts("Profile"), path: "profile"),
      .init(text: page.texts("API tokens"), path: "profile/tokens"),
    ]
  }

  private static func shown(_ page: PageRequest, _ values: FormValues) -> Page {
    let texts = page.texts
    let sections = [
      FormSection(
        "",
        [
          FormField(
            "name", texts("Name"), hint: texts("The program that will use it."), isRequired: true),
          FormField("expires", texts("Expires"), .date, hint: texts("Empty: never.")),
          FormField(
            "kind", texts("May do"),
            .choice([
              .init("all", texts("All that you may")), .init("read", texts("Look only")),
              .init("some", texts("Only these permissions")),
            ]), isRequired: true, initial: "all"),
          FormField(
            "scope", texts("Only these permissions"),
            hint: texts("With commas, such as lead:leads:viewown, email:emails:create.")),
          FormField(
            "networks", texts("From these addresses"),
            hint: texts(
              "Addresses and networks with commas, such as 192.0.2.0/24. Empty: anywhere."),
            isWide: true),
        ])
    ]
    let fields = FormView(page: page, sections: sections, values: values)
    let form = formTemplate(
      [
        "token": page.token,
        "problemHTML": fields.problemHTML,
        "fieldsHTML": fields(),
      ], texts)
    return Page(
      title: texts("New token"), trail: trail(page), contentHTML: Panel()(form, page),
      section: "profile", width: .narrow)
  }

  private static let formTemplate = Template(
    #"""
    <form method="post" data-keep>{{{problemHTML}}}<input type="hidden" name="token" value="{{token}}">
    {{{fieldsHTML}}}<div class="form-actions"><button class="button primary">[[Create]]</button><a class="button plain" href="/console/profile/tokens">[[Cancel]]</a></div></form>
    """#)
}
