import API

/// The pages of webhooks: addresses of other servers that are told what happens here.
enum WebhookPages {
  static var routes: [ConsoleRoute] {
    let path = "/webhooks/{id}"
    let (seeing, changing) = (Requirement.on(.webhooks, .view), Requirement.on(.webhooks, .edit))
    return kind.routes + [
      .get(path, needs: seeing) { try await WebhookPage(page: $0)() },
      .post("\(path)/test", needs: changing) { try await WebhookTestPage(page: $0)() },
      .post("\(path)/secret", needs: changing) { try await renewSecret($0) },
      .post("\(path)/pause", needs: changing) { page in
        try await act("pause", page.texts("Paused. What happens meanwhile is kept."), page)
      },
      .post("\(path)/resume", needs: changing) { page in
        try await act("resume", page.texts("Resumed. What was kept is being sent."), page)
      },
      .post("\(path)/retry", needs: changing) { page in
        try await act("retry", page.texts("What waits is being sent now."), page)
      },
      .get("\(path)/deliveries/{delivery}", needs: seeing) {
        try await WebhookDeliveryPage(page: $0)()
      },
      .post("\(path)/deliveries/{delivery}/replay", needs: changing) { try await replay($0) },
    ]
  }

  /// How far a webhook is.
  static var live: [LiveTopic] {
    [
      LiveTopic(path: "/webhooks/{id}", needs: .on(.webhooks, .view)) { page in
        WebhookFigures(try await page.get("hooks/\(page.id)/state")["state"] ?? [:]).figures
      }
    ]
  }

  static let kind: RecordPages = {
    var kind = RecordPages(
      "webhooks", member: "hook", list: "hooks", area: .webhooks,
      nouns: .init(
        one: "Webhook", many: "Webhooks", none: "No webhooks yet",
        meaning:
          "A webhook tells another server what happens here, the moment it happens: it sends the contact, the visit or the submission to an address of that server.",
        new: "New webhook"),
      columns: columns, fields: WebhookForm.sections)
    kind.api = "hooks"
    kind.order = ("name", "ASC")
    kind.hasDetails = true
    // PATCH would add to the events and never take one away.
    kind.updates = .put
    kind.copied = { $0["secret"] = nil }
    kind.created = { record, page in
      .page(
        shown(
          record, page,
          page.texts(
            "The receiver needs this key: with it, it checks that a request comes from here.")))
    }
    return kind
  }()

  private static func columns(_ page: PageRequest) -> [Column] {
    let texts = page.texts
    return [
      RecordPages.name(page, path: "webhooks", hasDetails: true),
      Column(texts("Address"), .wide) { $1.plain($0["webhookUrl"]?.text) },
      Column(texts("Events"), .number) { $1.count(.int($0["triggers"]?.elements?.count ?? 0)) },
      Column(texts("Failures in a row"), .number) { $1.count($0["failures"]) },
      Column(texts("Last change"), order: "date_modified", .wide) { hook, page in
        page.time(hook["dateModified"] == .null ? hook["dateAdded"] : hook["dateModified"])
      },
      Column(texts("Status"), order: "is_published") { badge($0, $1) },
    ]
  }

  /// Whether a webhook sends.
  static func badge(_ hook: JSONValue, _ page: PageRequest) -> HTML {
    if let reason = hook["disabledReason"]?.text, !reason.isEmpty {
      return page.badge(page.texts("Switched off"), .bad)
    }
    guard hook["isPublished"]?.truth == true else { return page.published(hook) }
    if hook["isPaused"]?.truth == true { return page.badge(page.texts("Paused"), .warn) }
    if hook["failures"]?.integer ?? 0 > 0 { return page.badge(page.texts("Failing"), .bad) }
    return page.published(hook)
  }

  private static func act(
    _ action: String, _ message: String, _ page: PageRequest
  ) async throws -> PageAnswer {
    let id = try page.id
    try await page.send(.post, "hooks/\(id)/\(action)")
    return .redirect(to: "webhooks/\(id)", message: message)
  }

  /// Sends a delivery again; one that has failed and waits goes at once.
  private static func replay(_ page: PageRequest) async throws -> PageAnswer {
    let id = try page.id
    let delivery = try page.request.pathText("delivery")
    try await page.send(
      .post, "hooks/\(id)/deliveries/replay", ["ids": .array([.string(delivery)])])
    try await page.send(.post, "hooks/\(id)/retry")
    return .redirect(
      to: "webhooks/\(id)/deliveries/\(PageRequest.encoded(delivery))",
      message: page.texts("The delivery is being sent again."))
  }

  /// Makes another key, and shows it once.
  private static func renewSecret(_ page: PageRequest) async throws -> PageAnswer {
    let answer = try await page.send(.patch, "hooks/\(page.id)/edit", ["secret": ""])
    return .page(
      shown(
        answer["hook"] ?? [:], page,
        page.texts(
          "From now on requests are signed with this key. Give it to the receiver, which refuses them otherwise."
        )))
  }

  private static func shown(_ hook: JSONValue, _ page: PageRequest, _ text: String) -> Page {
    let id = hook["id"]?.text ?? ""
    let secret = SecretOnce(
      text: text, values: [(page.texts("Secret"), hook["secret"]?.text ?? "")],
      next: "webhooks/\(id)")
    return Page(
      title: hook["name"]?.text ?? "",
      trail: [.init(text: page.texts("Webhooks"), path: "webhooks")],
      contentHTML: secret(page), section: "webhooks", width: .narrow)
  }
}
