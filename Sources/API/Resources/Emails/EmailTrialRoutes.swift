import Contacts
import Foundation
import Hummingbird
import Mail
import Primitives

/// What the author of an e-mail tries before it is sent (API page, 8.12, marked as ours).
struct EmailTrialRoutes: Sendable {
  let environment: MailEnvironment
  let emails: EmailStore

  /// The maximum number of addresses that get one test.
  private static let mostAddresses = 10

  var routes: [Route] {
    [
      Route(.post, "/api/emails/preview", needs: .on(.emails, .view)) { try await preview($0) }
        .described(
          "Show an e-mail as a contact would get it",
          body: """
            subject:text preheaderText:text customHtml:text plainText:text fromName:text \
            fromAddress:text replyToAddress:text useOwnerAsMailer:truth language:text \
            dynamicContent:any contact:any
            """, answer: "preview:object"),
      Route(
        .post, "/api/emails/{id}/test", needs: .on(.email, .edit), takesIdempotencyKey: true
      ) { try await test($0) }.described(
        "Send a test of an e-mail", body: "to:any contact:any",
        answer: "success:any recipients:integer"),
    ]
  }

  /// Renders what need not be saved (EML-312).
  private func preview(_ request: APIRequest) async throws -> APIResponse {
    let body = try await request.parameters()
    let contact = try await contact(body, request)
    let email = try await EmailPreviews(environment: environment).render(
      EmailInput(body), for: contact, now: environment.clock.now)
    return APIResponse(json: [
      "preview": [
        "fromName": .string(email.fromName), "fromAddress": .string(email.fromAddress),
        "subject": .string(email.subject), "customHtml": JSONValue(email.html),
        "plainText": .string(email.plainText), "derivedText": .string(email.derivedText),
      ]
    ])
  }

  /// Sends a saved e-mail, published or not, to addresses that the author names (EML-408, EML-432).
  private func test(_ request: APIRequest) async throws -> APIResponse {
    let body = try await request.parameters()
    let email = try request.id
    guard try await emails.email(email) != nil else { throw APIError.notFound }
    let contact = try await contact(body, request)
    let addresses = try Self.addresses(body)
    let user = try request.requiredUser.id
    let key =
      request.headers[.idempotencyKey].map { "test:\(user):\(email):\($0)" } ?? "test:\(UUID())"
    let notice = UserNotification(
      key: key, content: .test(email), contact: contact, addresses: addresses)
    do {
      try await environment.jobClient.transaction { transaction in
        try await EmailDispatcher.notify(notice, in: transaction)
      }
    } catch NoticeError.missing {
      throw APIError.notFound
    }
    return APIResponse(json: ["success": 1, "recipients": .int(addresses.count)])
  }

  /// The contact whose data fill the tokens; nil for none.
  private func contact(_ body: JSONValue, _ request: APIRequest) async throws -> Int64? {
    var members = Members(body)
    let contact = members.reference("contact") ?? nil
    try members.finish()
    if let contact { try await request.require(.contact, .view, contact) }
    return contact
  }

  private static func addresses(_ body: JSONValue) throws(APIError) -> [String] {
    var members = Members(body)
    let given = (members.list("to", separators: ",") ?? []).map(\.trimmingBlanks)
    var (addresses, seen): ([String], Set<String>) = ([], [])
    for address in given where seen.insert(address.lowercased()).inserted {
      if !EmailAddress.isValid(address) {
        members.refuse("to", "\(InvalidInput.shown(address)) is no e-mail address")
      }
      addresses.append(address)
    }
    if given.isEmpty { members.refuse("to", "an address is required") }
    if addresses.count > mostAddresses {
      members.refuse("to", "more than \(mostAddresses) addresses")
    }
    try members.finish()
    return addresses
  }
}
