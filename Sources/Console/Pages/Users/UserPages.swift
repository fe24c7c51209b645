import API

/// The pages of users, roles and the audit log.
enum UserPages {
  static var routes: [ConsoleRoute] {
    kind.routes + RolePages.kind.routes + AuditPages.routes + [
      .post("/users/{id}/two-factor", needs: .on(.users, .edit)) { page in
        let id = try page.id
        try await page.send(.delete, "users/\(id)/two-factor")
        return .redirect(
          to: "users/\(id)/edit",
          message: page.texts("The second factor is taken away and all sessions are ended."))
      }
    ]
  }

  static let kind: RecordPages = {
    var kind = RecordPages(
      "users", member: "user", area: .users,
      nouns: .init(
        one: "User", many: "Users", none: "No users yet",
        meaning: "Who signs in here or calls the API. What users may do is up to their roles.",
        new: "New user"),
      columns: { page in
        [
          Column(page.texts("Name"), order: "lastName") { user, page in
            page.link(name(user), to: "users/\(user["id"]?.text ?? "")/edit")
              + below(["text": user["position"]?.text ?? ""], page.texts)
          },
          Column(page.texts("User name"), order: "username") { $1.plain($0["username"]?.text) },
          Column(page.texts("E-mail"), order: "email", .wide) { $1.plain($0["email"]?.text) },
          Column(page.texts("Role")) { $1.plain($0["role"]?["name"]?.text) },
          Column(page.texts("Second factor"), .wide) { user, page in
            user["twoFactor"]?.truth == true
              ? page.badge(page.texts("On"), .ok) : page.muted(page.texts("Off"))
          },
          Column(page.texts("Sign-in"), order: "isPublished") { user, page in
            user["isPublished"]?.truth == true
              ? page.badge(page.texts("Allowed"), .ok) : page.badge(page.texts("Locked"), .bad)
          },
          Column(page.texts("Last active"), .line) { $1.time($0["lastActive"]) },
        ]
      },
      fields: { user, page in try await fields(user, page) })
    kind.isPublishable = false
    kind.isClonable = false
    kind.isDeletable = { _ in false }
    kind.order = ("lastName", "ASC")
    kind.actions = { user, page in actions(user, page) }
    kind.aside = { user, page in aside(user, page) }
    return kind
  }()

  /// A user as people call him.
  private static func name(_ user: JSONValue) -> String {
    let name = [user["firstName"]?.text, user["lastName"]?.text].compactMap(\.self)
      .filter { !$0.isEmpty }.joined(separator: " ")
    return name.isEmpty ? user["username"]?.text ?? "" : name
  }

  private static let below = Template(#"{{#text}}<div class="sub">{{text}}</div>{{/text}}"#)

  private static func fields(
    _ user: JSONValue?, _ page: PageRequest
  ) async throws -> [FormSection] {
    let texts = page.texts
    let roles = try await page.get("users/list/roles", ["limit": 1000]).elements ?? []
    let choices = roles.map { FormField.Choice($0["id"]?.text ?? "", $0["name"]?.text ?? "") }
    var person = [
      FormField("firstName", texts("First name"), isRequired: true),
      FormField("lastName", texts("Last name"), isRequired: true),
      FormField("email", texts("E-mail"), .email, isRequired: true),
      FormField("position", texts("Position")),
    ]
    if user == nil {
      person += [
        FormField("username", texts("User name"), isRequired: true),
        FormField(
          "plainPassword", texts("Password"), .password,
          hint: texts("At least 6 characters. Users change their own under Profile."),
          isRequired: true),
      ]
    }
    return [
      FormSection("", person),
      FormSection(
        texts("Access"),
        [
          FormField("role", texts("Role"), .choice(choices), isRequired: true),
          FormField(
            "isPublished", texts("May sign in"), .flag,
            hint: texts("Without it, sessions and tokens end at once."), initial: true),
        ]),
      FormSection(
        texts("Preferences"),
        LocaleFields.of(user, page) + [
          FormField(
            "signature", texts("Signature"), .longText(rows: 3),
            hint: texts("Stands in e-mails to the contacts whose owner this user is."),
            isWide: true)
        ]),
    ]
  }

  /// Buttons of a user; nobody deletes himself.
  private static func actions(_ user: JSONValue, _ page: PageRequest) -> HTML {
    let isSelf = user["id"]?.text == String(page.user.id)
    return actionsTemplate(
      [
        "base": "/console/users/\(user["id"]?.text ?? "")", "token": page.token,
        "canReset": !isSelf && user["twoFactor"]?.truth == true && page.may(.edit, .users),
        "canDelete": !isSelf && page.may(.delete, .users), "isSelf": isSelf,
      ], page.texts)
  }

  private static let actionsTemplate = Template(
    #"""
    {{#isSelf}}<a class="button" href="/console/profile">[[My profile]]</a>{{/isSelf}}{{#canReset}}<form method="post" action="{{base}}/two-factor"><input type="hidden" name="token" value="{{token}}"><button class="button" data-confirm="[[Take the second factor away and end all sessions of this user?]]">[[Take the second factor away]]</button></form>{{/canReset}}
    {{#canDelete}}<form method="post" action="{{base}}/delete"><input type="hidden" name="token" value="{{token}}"><button class="button danger" data-confirm="[[Delete this user for good?]]">[[Delete]]</button></form>{{/canDelete}}
    """#)

  private static func aside(_ user: JSONValue, _ page: PageRequest) -> HTML {
    let texts = page.texts
    let username = user["username"]?.text ?? ""
    var facts: [(name: String, value: HTML)] = [
      (texts("User name"), page.plain(username)),
      (texts("Last sign-in"), page.time(user["lastLogin"])),
      (texts("Last active"), page.time(user["lastActive"])),
      (
        texts("Second factor"),
        user["twoFactor"]?.truth == true
          ? page.badge(texts("On"), .ok) : page.muted(texts("Off"))
      ),
      (texts("Created"), page.time(user["dateAdded"])),
    ]
    if page.may(.administrator) {
      facts.append(
        (
          texts("Audit log"),
          page.link(
            texts("What this user changed"), to: "audit?user=\(PageRequest.encoded(username))")
        ))
    }
    return Panel(texts("About"))(RecordFacts(facts)(page), page)
  }
}
