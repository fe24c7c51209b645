import Contacts
import Forms
import Hummingbird
import JobQueue
import Postgres

/// Names of companies for visitors who fill in a field of the type `companyLookup` (tracking.md 1). Anybody may ask, so
/// that only forms that have such a field, and are open, answer.
struct CompanyLookupRoutes: Sendable {
  let forms: FormStore
  let postgres: PostgresPool
  let clock: WallClock
  let limits: RateLimits
  let limit: RateLimit

  /// The fewest characters that are looked up, and the most companies of an answer.
  private static let (shortest, most) = (3, 20)

  var routes: [Route] {
    [
      Route(.post, "/form/company-lookup/autocomplete", needs: .anyone) { try await answer($0) }
        .summarized("Companies that a form suggests")
    ]
  }

  private func answer(_ request: APIRequest) async throws -> APIResponse {
    let verdict = await limits.take([LimitedEvent("lookup:\(request.remoteAddress)", limit)])
    if let verdict, !verdict.isAllowed {
      throw APIError.tooMany("Too many requests; try again in a moment.", verdict)
    }
    var request = request
    request.parameterLimit = 4_096
    let body = try await request.parameters()
    let text = (body["search"]?.text ?? "").trimmingBlanks
    guard text.count >= Self.shortest, text.count <= FormLimits.search, !text.contains("\0") else {
      throw APIError.badRequest(
        "search must have between \(Self.shortest) and \(FormLimits.search) characters.")
    }
    guard let id = body["formId"]?.integer, let form = try await forms.known(Int64(id)),
      form.values.closure(at: clock.now) == nil,
      form.fields.contains(where: { $0.type == .companyLookup })
    else { throw APIError.notFound }
    let found = try await CompanySuggestionStore.find(text, limit: Self.most, in: postgres)
    return APIResponse(
      json: .array(
        found.map { company in
          [
            "id": .string(String(company.id)), "companyname": .string(company.name),
            "companycity": JSONValue(company.city), "companystate": JSONValue(company.state),
          ]
        }))
  }
}
