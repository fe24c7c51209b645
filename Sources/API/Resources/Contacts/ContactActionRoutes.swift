import Contacts
import Hummingbird
import JobQueue

/// Operations on one contact beside editing: do not contact, points and stages (API page, 8.2 and
/// 8.11), with the old forms of paths (section 3).
struct ContactActionRoutes: Sendable {
  let editor: ContactEditor
  let clock: WallClock

  var routes: [Route] {
    [
      action("dnc/{channel:text}/add", addDoNotContact),
      action("dnc/add/{channel:text}", addDoNotContact),
      action("dnc/{channel:text}/remove", removeDoNotContact),
      action("dnc/remove/{channel:text}", removeDoNotContact),
      action("points/{operator:text}/{amount:text}", changePoints),
      stage("{contact}/add", removing: false), stage("add/{contact}", removing: false),
      stage("{contact}/remove", removing: true), stage("remove/{contact}", removing: true),
    ]
  }

  /// Removing a contact from a stage that it is not in succeeds too.
  private func stage(_ path: String, removing: Bool) -> Route {
    Route(
      .post, "/api/stages/{id}/contact/\(path)",
      needs: .on(.stages, .view).and(.on(.contact, .edit, "contact")), takesIdempotencyKey: true
    ) { request in
      guard let contact = Int64(try request.pathText("contact")),
        try await editor.setStage(
          try request.id, of: contact, removing: removing, from: try origin(request))
      else { throw APIError.notFound }
      return APIResponse(json: ["success": 1])
    }.described("Move a contact into a stage or out of it", answer: "success:any")
  }

  private func action(_ path: String, _ handler: @escaping Route.Handler) -> Route {
    Route(
      .post, "/api/contacts/{id}/\(path)", needs: .on(.contact, .edit), takesIdempotencyKey: true,
      handler
    ).described(
      "Change do-not-contact entries or points of a contact",
      body: """
        reason:integer comments:text channelId:integer eventName:text actionName:text \
        eventname:text actionname:text
        """, answer: "contact:Contact recordFound:truth success:any")
  }

  private func origin(_ request: APIRequest) throws -> ContactOrigin {
    try request.contactOrigin(at: clock.now)
  }

  private func channel(_ request: APIRequest) throws -> String {
    let text = try request.pathText("channel")
    guard let channel = ChannelName.clean(text) else {
      throw APIError.validation([("channel", ["\(InvalidInput.shown(text)): not a channel"])])
    }
    return channel
  }

  private func edit(
    _ request: APIRequest, doNotContact entry: ContactInput.DoNotContactEntry
  ) async throws -> (contact: Contact, isChanged: Bool) {
    var input = ContactInput()
    input.doNotContact = [entry]
    guard
      let outcome = try await editor.edit(
        try request.id, input, mode: .patch, from: try origin(request))
    else { throw APIError.notFound }
    return outcome
  }

  /// Reason 3 where none is given; 0 is refused.
  private func addDoNotContact(_ request: APIRequest) async throws -> APIResponse {
    let body = try await request.parameters()
    let outcome = try await edit(
      request,
      doNotContact: .init(
        channel: try channel(request),
        reason: try DoNotContactBody.reason(body["reason"], allowsNone: false),
        comments: try DoNotContactBody.comments(body["comments"]),
        channelID: body["channelId"]?.integer.map { Int64($0) }))
    return ContactAnswer.whole(outcome.contact)
  }

  private func removeDoNotContact(_ request: APIRequest) async throws -> APIResponse {
    let outcome = try await edit(
      request, doNotContact: .init(channel: try channel(request), reason: nil))
    return ContactAnswer.whole(outcome.contact, recordFound: outcome.isChanged)
  }

  private func changePoints(_ request: APIRequest) async throws -> APIResponse {
    let name = try request.pathText("operator")
    guard let operation = PointsOperator(rawValue: name) else {
      throw APIError.unknownOperator(name, "plus, minus, times, divide")
    }
    let isKnown = try await editor.changePoints(
      of: try request.id, operation, by: try request.pointsAmount,
      reason: try await request.pointsReason(), from: try origin(request))
    guard isKnown else { throw APIError.notFound }
    return APIResponse(json: ["success": 1])
  }
}
