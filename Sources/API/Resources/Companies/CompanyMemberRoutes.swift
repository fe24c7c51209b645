import Contacts
import Hummingbird
import JobQueue

/// Contacts of companies, and merging (API page, 8.7 and the old forms of section 3).
struct CompanyMemberRoutes: Sendable {
  let companies: CompanyStore
  let clock: WallClock

  var routes: [Route] {
    [
      change("/api/companies/{id}/contact/{cid}/add", adds: true),
      change("/api/companies/{id}/contact/{cid}/remove", adds: false),
      change("/api/companies/{id}/contact/add/{cid}", adds: true),
      change("/api/companies/{id}/contact/remove/{cid}", adds: false),
      Route(
        .post, "/api/companies/{id}/merge/{other}",
        needs: .on(.company, .edit).and(.on(.company, .edit, "other")), takesIdempotencyKey: true
      ) {
        try await merge($0)
      }.described("Merge another company into this one", answer: "company:Company"),
    ]
  }

  private func change(_ path: String, adds: Bool) -> Route {
    Route(
      .post, path, needs: .on(.company, .edit).and(.on(.contact, .edit, "cid")),
      takesIdempotencyKey: true
    ) { request in
      guard let contact = Int64(try request.pathText("cid")) else { throw APIError.unknownRoute }
      let author = try request.requiredUser.author
      if adds {
        try await companies.add(contact, to: try request.id, by: author, now: clock.now)
      } else {
        try await companies.remove(contact, from: try request.id, by: author, now: clock.now)
      }
      return APIResponse(json: ["success": 1])
    }.described("Add a contact to a company or remove it", answer: "success:any")
  }

  /// The other company is absorbed (CON-37); merging one with itself does nothing.
  private func merge(_ request: APIRequest) async throws -> APIResponse {
    guard let other = Int64(try request.pathText("other")) else { throw APIError.unknownRoute }
    let winner = try await companies.merge(
      other, into: try request.id, by: try request.requiredUser.author, now: clock.now)
    guard let winner else { throw APIError.notFound }
    return APIResponse(json: ["company": CompanyResource.json(winner)])
  }
}
