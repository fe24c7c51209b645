import Contacts
import Hummingbird
import JobQueue

/// `/api/contacts/{id}/merge/{other}` (API page, 8.2).
struct MergeRoutes: Sendable {
  let merger: ContactMerger
  let contacts: ContactStore
  let transactions: TransactionRunner
  let clock: WallClock

  var routes: [Route] {
    [
      Route(
        .post, "/api/contacts/{id}/merge/{other}",
        needs: .on(.contact, .edit).and(.on(.contact, .edit, "other")), takesIdempotencyKey: true
      ) { request in
        try await merge(request)
      }.described("Merge another contact into this one", answer: "contact:Contact")
    ]
  }

  /// Merges the other contact into this one, which removes the other.
  private func merge(_ request: APIRequest) async throws -> APIResponse {
    let winner = try request.id
    guard let loser = request.pathParameters["other"].flatMap(Int64.init) else {
      throw APIError.unknownRoute
    }
    try await merger.merge(
      loser, into: winner, by: try request.requiredUser.author, now: clock.now,
      with: transactions)
    guard let contact = try await contacts.contact(winner) else { throw APIError.notFound }
    var json = JSONWriter(capacity: 16_384)
    json.beginObject()
    json.key("contact")
    ContactWriter.whole(contact.fields.fields).write(contact, to: &json)
    json.endObject()
    return APIResponse(jsonBytes: json.bytes)
  }
}
