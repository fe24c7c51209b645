import HTTPTypes
import TestSupport
import Testing

@testable import API

/// Compares answers with what their routes say of them.
struct ContractCheck: Sendable {
  private let table: RouteTable
  private let checker: SchemaChecker
  private static let errors = Schema.named("Errors")

  init(_ routes: [Route]) {
    table = RouteTable(routes)
    let schemas = Schema.components + routes.flatMap(\.operation.schemas)
    checker = SchemaChecker(
      components: Dictionary(
        schemas.map { ($0.name, JSONValue.object($0.schema.json).kept) },
        uniquingKeysWith: { first, _ in first }))
  }

  /// Records an issue where an answer of the API is not as its route says; its errors are always the contract's.
  func check(_ method: String, _ target: String, _ response: RawResponse) {
    let problems = problems(method, target, response)
    #expect(problems.isEmpty, "\(method) \(target.prefix(200)) \(response.status): \(problems)")
  }

  private func problems(_ method: String, _ target: String, _ response: RawResponse) -> [String] {
    let path = target.prefix { $0 != "?" }
    guard method != "HEAD", let method = HTTPRequest.Method(method),
      case .path(let path) = RequestPath(String(path)), OpenAPIOperation.isAPI(path),
      case .route(let route, _) = table.match(method, path: path)
    else { return [] }
    let answers = route.operation.answers.filter { $0.status == response.status }
    guard !response.body.isEmpty else { return [] }
    let type = response.headers["content-type"]?.prefix { $0 != ";" } ?? ""
    if let answer = answers.first(where: { $0.type == type || $0.type == "*/*" }) {
      return problems(response, answer.schema ?? .any)
    }
    if response.status >= 400 { return problems(response, Self.errors) }
    return route.operation.answers.isEmpty || response.status == 301
      ? [] : ["the route says nothing of such an answer of \(type)"]
  }

  private func problems(_ response: RawResponse, _ schema: Schema) -> [String] {
    guard response.headers["content-type"] == "application/json" else { return [] }
    return checker.problems(response.json.kept, JSONValue.object(schema.json).kept)
  }
}
