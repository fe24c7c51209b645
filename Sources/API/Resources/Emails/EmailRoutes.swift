import Contacts
import Foundation
import Hummingbird
import Mail
import Postgres

/// Operations on e-mails beyond the standard endpoints (API page, 8.12).
struct EmailRoutes: Sendable {
  let environment: MailEnvironment
  let emails: EmailStore
  let editor: EmailEditor
  let contacts: ContactStore
  let broadcasts: Broadcasts
  let postgres: PostgresPool

  var routes: [Route] {
    [
      Route(.post, "/api/emails/{id}/send", needs: .on(.email, .edit), takesIdempotencyKey: true) {
        try await send($0)
      }.described(
        "Send an e-mail to its segments", body: "limit:integer lists:any",
        answer: "success:any sentCount:integer failedRecipients:integer"),
      Route(
        .post, "/api/emails/{id}/contact/{contact}/send",
        needs: .on(.email, .view).and(.on(.contact, .edit, "contact")), takesIdempotencyKey: true
      ) {
        try await sendToContact($0)
      }.described(
        "Send an e-mail to a contact", body: "tokens:any", answer: "success:any failed:text"),
      // The old form of the path (API page, section 3).
      Route(
        .post, "/api/emails/{id}/send/contact/{contact}",
        needs: .on(.email, .view).and(.on(.contact, .edit, "contact")), takesIdempotencyKey: true
      ) {
        try await sendToContact($0)
      }.described(
        "Send an e-mail to a contact, by an old path", body: "tokens:any",
        answer: "success:any failed:text"),
      Route(.post, "/api/emails/reply/{hash:text}", needs: .on(.emails, .view)) {
        try await reply($0)
      }.described("Record a reply to an e-mail", answer: "success:any", statuses: [201]),
      Route(.get, "/api/emails/{id}/stats", needs: .on(.email, .view)) { try await statistics($0) }
        .described("The statistics of an e-mail", answer: "stats:object"),
      Route(.post, "/api/emails/{id}/winner", needs: .on(.email, .edit)) { try await winner($0) }
        .described(
          "Make a variant the content of its parent", answer: "success:any parent:integer"),
      Route(.post, "/api/emails/bounces", needs: .administrator) { try await bounces($0) }
        .described(
          "Record bounces that a provider reports",
          items: """
            type:text id:text email:text hash:text messageId:text date:date reason:text
            """, answer: "success:any recorded:integer"),
      Route(.post, "/api/contacts/{id}/messages/{entry}/cancel", needs: .on(.contact, .edit)) {
        try await cancel($0)
      }.described("Cancel a message that is held back", answer: "success:any"),
    ]
  }

  /// Sends to the e-mail's own recipients (EML-130). The first ones are planned before the answer.
  private func send(_ request: APIRequest) async throws -> APIResponse {
    let body = try await request.parameters()
    var limit: Int?
    if let given = body["limit"], given != .null, given != .string("") {
      guard let number = given.integer, number > 0 else {
        throw APIError.validation([("limit", ["must be a whole number above 0"])])
      }
      limit = number
    }
    let segments = try Self.segments(body["lists"])
    do {
      let count = try await broadcasts.send(try request.id, limit: limit, segments: segments)
      return APIResponse(json: ["success": 1, "sentCount": .int(count), "failedRecipients": 0])
    } catch let error as BroadcastError {
      switch error {
      case .notFound: throw APIError.notFound
      case .isTemplate: throw APIError.badRequest("\(error)")
      }
    }
  }

  /// The segments that limit a broadcast; nil for those of the e-mail. An unreadable list is
  /// refused: ignored, it would send to everybody.
  private static func segments(_ given: JSONValue?) throws(APIError) -> [Int64]? {
    guard let given, given != .null, given != .string("") else { return nil }
    let ids = given.commaList.map { Int64($0.trimmingBlanks) }
    guard let elements = given.elements ?? (given.text == nil ? nil : [given]),
      ids.count >= elements.count, ids.allSatisfy({ $0.map { $0 > 0 } ?? false })
    else { throw .validation([("lists", ["must be a list of ids of segments"])]) }
    let known = ids.compactMap(\.self)
    return known.isEmpty ? nil : known
  }

  /// Sends to one contact, ignoring do-not-contact entries (EML-110, EML-111).
  private func sendToContact(_ request: APIRequest) async throws -> APIResponse {
    guard let contact = request.pathParameters["contact"].flatMap(Int64.init) else {
      throw APIError.unknownRoute
    }
    let email = try request.id
    guard try await emails.email(email) != nil, try await contacts.contact(contact) != nil else {
      throw APIError.notFound
    }
    let body = try await request.parameters()
    var tokens: [String: String] = [:]
    if let tokens = body["tokens"], tokens != .null, tokens != .string(""), tokens.asObject == nil {
      throw APIError.validation([("tokens", ["must be an object of texts"])])
    }
    let given = (body["tokens"]?.asObject ?? [:]).members
    guard given.count <= Self.mostTokens else {
      throw APIError.validation([("tokens", ["more than \(Self.mostTokens)"])])
    }
    for member in given {
      let name = member.key.trimmingCharacters(in: ["{", "}"])
      guard member.value == .null || member.value.text != nil else {
        throw APIError.validation([("tokens", ["\(InvalidInput.shown(name)) must be a text"])])
      }
      tokens[name] = member.value.text ?? ""
    }
    // Requests with one key are one send only if user, e-mail and contact are the same.
    let user = try request.requiredUser.id
    let key =
      request.headers[.idempotencyKey].map { "direct:\(user):\(email):\(contact):\($0)" }
      ?? "direct:\(UUID())"
    let order = SendRequest(
      email: email, kind: .transactional, source: SendSource(kind: "direct"),
      recipients: [.init(contact: contact, key: key, tokens: tokens)])
    let refusals = try await environment.jobClient.transaction { transaction in
      try await environment.dispatcher.dispatch(order, in: transaction)
    }
    if let refusal = refusals[contact] {
      return APIResponse(json: ["success": false, "failed": .string(refusal.note)])
    }
    return APIResponse(json: ["success": true])
  }

  /// The maximum number of token values in a request.
  private static let mostTokens = 200

  private func reply(_ request: APIRequest) async throws -> APIResponse {
    guard
      try await ReplyRecorder(environment: environment).record(hash: try request.pathText("hash"))
    else {
      throw APIError.notFound
    }
    return APIResponse(status: .created, json: ["success": true])
  }

  /// Martlet's own: rates by segment and link, and the current number of recipients (EML-135,
  /// EML-430).
  private func statistics(_ request: APIRequest) async throws -> APIResponse {
    guard let email = try await emails.email(try request.id) else { throw APIError.notFound }
    let statistics = try await EmailStatistics.read(email.id, on: postgres)
    let pending = email.values.type == .list ? try await broadcasts.pending(email.id) : 0
    let counters = email.counters
    return APIResponse(json: [
      "stats": [
        "sent": .int(counters.sent), "read": .int(counters.read), "clicks": .int(counters.clicks),
        "machineRead": .int(counters.machineRead), "machineClicks": .int(counters.machineClicks),
        "uniqueClicks": .int(counters.uniqueClicks), "unsubscribed": .int(counters.unsubscribed),
        "bounced": .int(counters.bounced), "failed": .int(counters.failed),
        "pending": .int(pending),
        "segments": .array(
          statistics.segments.map {
            [
              "id": JSONValue($0.segment), "sent": .int($0.sent), "read": .int($0.read),
              "readByPeople": .int($0.readByPeople), "clicked": .int($0.clicked),
              "clickedByPeople": .int($0.clickedByPeople), "unsubscribed": .int($0.unsubscribed),
              "bounced": .int($0.bounced), "failed": .int($0.failed),
            ]
          }),
        "links": .array(
          statistics.links.map {
            [
              "url": .string($0.url), "clicks": .int($0.clicks),
              "uniqueClicks": .int($0.uniqueClicks), "machineClicks": .int($0.machineClicks),
            ]
          }),
        "winnerCriteria": statistics.versions.isEmpty
          ? .null : .string(statistics.criteria.rawValue),
        "variants": .array(
          statistics.versions.map {
            [
              "id": .int(Int($0.email)), "sent": .int($0.sent), "read": .int($0.read),
              "clicked": .int($0.clicked), "rate": .double($0.rate(by: statistics.criteria)),
            ]
          }),
      ]
    ])
  }

  /// Martlet's own: a variant becomes the parent's content (EML-153).
  private func winner(_ request: APIRequest) async throws -> APIResponse {
    guard
      let parent = try await editor.declareWinner(
        try request.id, by: try request.requiredUser.author)
    else { throw APIError.notFound }
    return APIResponse(json: ["success": 1, "parent": .int(Int(parent.id))])
  }

  /// Martlet's own: bounces that a provider reports (EML-420, EML-424), a list of objects.
  private func bounces(_ request: APIRequest) async throws -> APIResponse {
    guard let items = try await request.parameters().elements else {
      throw APIError.badRequest("The body must be an array of bounces.")
    }
    guard items.count <= 1000 else { throw APIError.tooLarge("At most 1000 bounces at once.") }
    var reports: [BounceReport] = []
    var problems: [(field: String, messages: [String])] = []
    for (index, item) in items.enumerated() {
      guard let kind = item["type"]?.text.flatMap(BounceReport.Kind.init) else {
        problems.append(("\(index).type", ["must be hard, soft or complaint"]))
        continue
      }
      guard let key = item["id"]?.text, !key.isEmpty, key.utf8.count <= 300 else {
        problems.append(("\(index).id", ["is required, at most 300 bytes"]))
        continue
      }
      let names = ["email", "hash", "messageId"].filter { !(item[$0]?.text ?? "").isEmpty }
      if names.isEmpty {
        problems.append(("\(index).email", ["is required, or hash, or messageId"]))
        continue
      }
      let date = item["date"].flatMap { $0 == .null || $0 == "" ? nil : $0 }
      let at = date?.text.flatMap(WireDate.parse)
      if date != nil, at == nil {
        problems.append(("\(index).date", ["must be a date such as 2024-03-01T09:30:00+00:00"]))
        continue
      }
      let hash =
        item["hash"]?.text.flatMap { SendHash.parse($0) }
        ?? item["messageId"]?.text.flatMap {
          SendHash.parse($0.drop { $0 == "<" }.prefix { $0 != "@" })
        }
      reports.append(
        BounceReport(
          key: "hook:\(key)", kind: kind, address: item["email"]?.text, hash: hash,
          reason: item["reason"]?.text ?? kind.rawValue,
          at: at ?? environment.clock.now))
    }
    guard problems.isEmpty else { throw APIError.validation(problems) }
    let count = try await BounceRecorder(environment: environment).record(reports)
    return APIResponse(json: ["success": 1, "recorded": .int(count)])
  }

  /// Cancels a message that is held back (EML-248).
  private func cancel(_ request: APIRequest) async throws -> APIResponse {
    guard let entry = request.pathParameters["entry"].flatMap(Int64.init) else {
      throw APIError.unknownRoute
    }
    let (contact, now) = (try request.id, environment.clock.now)
    let isCancelled = try await environment.jobClient.transaction(at: now) { transaction in
      try await MessageQueue.cancel(entry, of: contact, in: transaction)
    }
    guard isCancelled else { throw APIError.notFound }
    return APIResponse(json: ["success": 1])
  }
}
