import API

/// The pages of clients of OAuth: programs that act for users who approve, or for themselves with a role.
enum ClientPages {
  static var routes: [ConsoleRoute] {
    let path = "/clients/{id}"
    let changing = Requirement.on(.clients, .edit)
    return kind.routes + [
      .get(path, needs: .on(.clients, .view)) { try await ClientPage(page: $0)() },
      .post("\(path)/secret", needs: changing) { page in
        let client = try await page.send(.post, "clients/\(page.id)/secret")["client"] ?? [:]
        return .page(
          shown(
            client, page,
            page.texts(
              "The old secret is refused from now on. Tokens that the client has go on."
            )))
      },
      .post("\(path)/revoke", needs: changing) { page in
        try await page.send(.delete, "clients/\(page.id)/grants")
        return .redirect(
          to: "clients/\(try page.id)", message: page.texts("All its tokens are revoked."))
      },
      .post("\(path)/grants/{grant}/revoke", needs: changing) { page in
        let grant = PageRequest.encoded(try page.request.pathText("grant"))
        try await page.send(.delete, "clients/\(page.id)/grants/\(grant)")
        return .redirect(
          to: "clients/\(try page.id)", message: page.texts("The access is revoked."))
      },
    ]
  }

  static let kind: RecordPages = {
    var kind = RecordPages(
      "clients", member: "client", area: .clients,
      nouns: .init(
        one: "API client", many: "API clients", none: "No API clients yet",
        meaning:
          "An API client is a program that signs in by OAuth: for users who approve of it, or for itself with a role. A program of your own needs no client: a token of your profile does.",
        new: "New API client"),
      columns: { page in
        let texts = page.texts
        return [
          RecordPages.name(page, path: "clients", hasDetails: true),
          Column(texts("Client id"), .wide) { $1.plain($0["clientId"]?.text) },
          Column(texts("Acts")) { $1.plain(acts($0, $1)) },
          Column(texts("Created"), order: "dateAdded", .wide) { $1.time($0["dateAdded"]) },
          Column(texts("Status")) { $1.published($0) },
        ]
      }, fields: sections)
    kind.order = ("name", "ASC")
    kind.hasDetails = true
    kind.isClonable = false
    kind.updates = .put
    kind.created = { client, page in
      .page(
        shown(
          client, page,
          page.texts("Copy both into the program. The secret cannot be looked up later.")))
    }
    return kind
  }()

  /// For whom a client acts.
  static func acts(_ client: JSONValue, _ page: PageRequest) -> String {
    let grants = (client["grants"]?.elements ?? []).compactMap(\.text)
    var ways: [String] = []
    if grants.contains("authorization_code") {
      ways.append(page.texts("for users who approve"))
    }
    if grants.contains("client_credentials") {
      ways.append(
        page.texts("for itself, as {role}", ["role": client["role"]?["name"]?.text ?? "–"]))
    }
    return ways.joined(separator: ", ")
  }

  /// A client right after it was made or given another secret; a public one has none to show.
  private static func shown(_ client: JSONValue, _ page: PageRequest, _ text: String) -> Page {
    var values = [(name: page.texts("Client id"), value: client["clientId"]?.text ?? "")]
    if let secret = client["clientSecret"]?.text {
      values.append((page.texts("Client secret"), secret))
    }
    let next = "clients/\(client["id"]?.text ?? "")"
    return Page(
      title: client["name"]?.text ?? "",
      trail: [.init(text: page.texts("API clients"), path: "clients")],
      contentHTML: SecretOnce(text: text, values: values, next: next)(page), section: "clients",
      width: .narrow)
  }

  @Sendable private static func sections(
    _ client: JSONValue?, _ page: PageRequest
  ) async throws -> [FormSection] {
    let texts = page.texts
    let roles = try await RecordChoices.of("roles", page)
    var fields = [
      FormField(
        "name", texts("Name"), hint: texts("Users who are asked to approve see it."),
        isRequired: true)
    ]
    if client == nil {
      fields.append(
        FormField(
          "isConfidential", texts("Can keep a secret"), .flag,
          hint: texts(
            "A program on a server can. An app on a telephone or in a browser cannot, and proves itself by PKCE. This stays as it is chosen now."
          ), initial: true))
    }
    return [
      FormSection("", fields),
      FormSection(
        texts("For whom it acts"),
        [
          ListFields.boxes(
            "grants", texts("Ways to tokens"),
            [
              .init(
                value: "authorization_code", label: texts("For users who approve"),
                hint: texts("The user signs in here and is asked. Needs a redirect address.")),
              .init(
                value: "refresh_token", label: texts("Stays connected"),
                hint: texts("Its tokens are renewed without asking again.")),
              .init(
                value: "client_credentials", label: texts("For itself"),
                hint: texts("With the rights of a role, without any user.")),
            ], initial: ["authorization_code", "refresh_token"], page),
          ListFields.lines(
            "redirectUris", texts("Redirect addresses"),
            hint: texts(
              "One a line, exactly as the program sends them, such as https://app.example.com/callback or com.example.app:/callback."
            ), page),
          FormField(
            "role", texts("Role"), .choice(roles),
            hint: texts("What it may do for itself; no more than you may yourself.")),
        ]),
      CommonFields.publishing(page, hasDates: false),
    ]
  }
}
