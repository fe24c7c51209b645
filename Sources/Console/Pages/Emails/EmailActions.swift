import API

/// What is done with an e-mail: sent, paused, tried, and copied as a version of another.
enum EmailActions {
  /// Sends it to its segments.
  static func send(_ page: PageRequest) async throws -> PageAnswer {
    try await answered(page) {
      let body = try await FormBody(page)
      var order: JSONObject = [:]
      if let limit = body.text("limit") { order["limit"] = .string(limit) }
      let lists = body.ids("lists")
      if !lists.isEmpty { order["lists"] = .array(lists.map { .int(Int($0)) }) }
      let answer = try await page.send(.post, "emails/\(page.id)/send", .object(order))
      return page.texts.counting(
        answer["sentCount"]?.integer ?? 0, one: "The first message is on its way.",
        many: "The first {count} messages are on their way.")
    }
  }

  /// Holds back what was not handed over, or lets it go on (EML-134).
  static func pause(_ page: PageRequest, isPublished: Bool) async throws -> PageAnswer {
    try await answered(page) {
      try await page.send(
        .patch, "emails/\(page.id)/edit", ["isPublished": .bool(isPublished)])
      return isPublished ? page.texts("It goes on.") : page.texts("Paused.")
    }
  }

  /// Sends a test.
  static func test(_ page: PageRequest) async throws -> PageAnswer {
    try await answered(page) {
      let body = try await FormBody(page)
      var order: JSONObject = ["to": .string(body.text("to") ?? "")]
      if let contact = body.text("contact") { order["contact"] = .string(contact) }
      let answer = try await page.send(.post, "emails/\(page.id)/test", .object(order))
      return page.texts.counting(
        answer["recipients"]?.integer ?? 0, one: "The test is on its way.",
        many: "{count} tests are on their way.")
    }
  }

  /// Makes a version the content of the parent (EML-153).
  static func winner(_ page: PageRequest) async throws -> PageAnswer {
    do {
      let answer = try await page.send(.post, "emails/\(page.id)/winner")
      return .redirect(
        to: "emails/\(answer["parent"]?.text ?? "")",
        message: page.texts("This version is what all others get now."))
    } catch let error as APIError where RecordForm.isOfTheForm(error) {
      return try await EmailPage(page, problem: error)()
    }
  }

  static func addVariant(_ page: PageRequest) async throws -> PageAnswer {
    let body = try await FormBody(page)
    return try await add(
      page, name: { page.texts("{name} (variant)", ["name": $0]) },
      [
        "variantParent": .int(Int(try page.id)),
        "variantSettings": ["weight": .string(body.text("weight") ?? "")],
      ])
  }

  static func addTranslation(_ page: PageRequest) async throws -> PageAnswer {
    let language = try await FormBody(page).text("language") ?? ""
    return try await add(
      page, name: { "\($0) (\(language))" },
      ["translationParent": .int(Int(try page.id)), "language": .string(language)])
  }

  /// Members that a version has from its parent.
  private static let inherited = [
    "subject", "preheaderText", "customHtml", "plainText", "fromName", "fromAddress",
    "replyToAddress", "bccAddress", "useOwnerAsMailer", "utmTags", "language", "category",
    "emailType", "lists", "excludedLists", "dynamicContent", "assetAttachments",
    "unsubscribeForm", "preferenceCenter", "template",
  ]

  /// Creates a version, unpublished, with the parent's content.
  private static func add(
    _ page: PageRequest, name: (String) -> String, _ own: JSONObject
  ) async throws -> PageAnswer {
    do {
      guard let parent = try await page.get("emails/\(page.id)")["email"] else {
        throw APIError.notFound
      }
      var members: JSONObject = [
        "name": .string(name(parent["name"]?.text ?? "")), "isPublished": false,
      ]
      for member in inherited { members[member] = parent[member] }
      for member in own.members { members[member.key] = member.value }
      let made = try await page.send(.post, "emails/new", .object(members))
      return .redirect(
        to: "emails/\(made["email"]?["id"]?.text ?? "")/edit",
        message: page.texts("Created. It gets its share when it is published."))
    } catch let error as APIError where RecordForm.isOfTheForm(error) {
      return try await EmailPage(page, problem: error)()
    }
  }

  /// Does something and says so on the e-mail's page, or says there why it cannot be done.
  private static func answered(
    _ page: PageRequest, _ act: () async throws -> String
  ) async throws -> PageAnswer {
    do {
      let message = try await act()
      return .redirect(to: "emails/\(try page.id)", message: message)
    } catch let error as APIError where RecordForm.isOfTheForm(error) {
      return try await EmailPage(page, problem: error)()
    }
  }
}
