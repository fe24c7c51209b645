import HTTPTypes
import TestSupport
import Testing

@testable import API

/// Extreme values in every parameter and member that routes declare: they are taken, or refused by name.
@Suite(.serialized) struct ExtremesTests {
  /// Values as JSON writes them.
  private static let values = [
    "0", "-1", "2147483648", "9223372036854775807", "1e300", "\"NaN\"", "\"\\u0000\"",
    "\"\\ud800\"",
    "\"0000-01-01T00:00:00+00:00\"", "\"275760-09-13T00:00:00+00:00\"", "[]", "{\"id\":-1}",
  ]
  /// The same as a query has them.
  private static let texts = [
    "0", "-1", "2147483648", "9223372036854775807", "1e300", "NaN", "%00", "%ED%A0%80",
    "0000-01-01T00:00:00%2B00:00", "275760-09-13",
  ]

  private static func isAsked(_ route: Route) -> Bool {
    OpenAPIOperation.isAPI(route.path) && !route.takesFile
  }

  @Test func everyParameterOfAQuery() async throws {
    try await Self.withBed { bed in
      let routes = bed.routes.filter { Self.isAsked($0) && $0.method == .get }
      var choice = Choice(routes.flatMap { $0.operation.query ?? [] }.map(\.name))
      for route in routes {
        for parameter in route.operation.query ?? [] where parameter.name != "wait" {
          for text in choice.next(Self.texts, for: parameter.name) {
            let forms = parameter.kind == nil ? ["", "[]", "[0][col]"] : [""]
            for form in forms {
              try await Self.ask(
                bed, route, query: "\(parameter.name)\(form)=\(text)", about: parameter.name)
            }
          }
        }
      }
      #expect(choice.made > 1000)
    }
  }

  @Test func everyMemberOfABody() async throws {
    try await Self.withBed { bed in
      let routes = bed.routes.filter {
        Self.isAsked($0) && !Self.isRead(again: $0) && $0.operation.body != nil
      }
      var choice = Choice(try routes.flatMap { try Self.members(of: $0) })
      for route in routes {
        for member in try Self.members(of: route) {
          for value in choice.next(Self.values, for: member) {
            var body = route.operation.body?.example?.asObject ?? [:]
            body[member] = nil
            let rest = String(decoding: JSONValue.object(body).rendered, as: UTF8.self).dropFirst()
            let text = "{\"\(member)\":\(value)\(rest == "}" ? "" : ",")\(rest)"
            try await Self.ask(bed, route, body: text, about: member)
          }
        }
      }
      #expect(choice.made > 1000)
    }
  }

  @Test func longAndDeepBodies() async throws {
    func named(_ value: String) -> [UInt8] { Array("{\"name\":\(value)}".utf8) }
    let long = named("\"\(String(repeating: "x", count: 10_000_000))\"")
    let most = named("\"\(String(repeating: "x", count: 4_000_000))\"")
    let deep = named(
      String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000))
    try await Self.withBed { bed in
      for (place, route) in bed.routes.filter({ Self.isAsked($0) && $0.operation.body != nil })
        .enumerated()
      {
        let name = "\(route.method.rawValue) \(route.path)"
        let tooDeep = try await Self.send(bed, route, body: deep)
        #expect(tooDeep.status < 500, "\(name): \(tooDeep.text.prefix(300))")
        guard route.path.hasSuffix("/new"), !route.path.contains("/batch/") else { continue }
        let answer = try await Self.send(bed, route, body: place % 4 == 0 ? most : long)
        #expect(answer.status < 500, "\(name): \(answer.text.prefix(300))")
      }
    }
  }

  @Test func everyParameterOfAPath() async throws {
    try await Self.withBed { bed in
      let routes = bed.routes.filter { Self.isAsked($0) && $0.path.contains("{") }
      var choice = Choice(routes.map { _ in "path" })
      for route in routes {
        for text in choice.next(Self.texts + [String(repeating: "x", count: 8000)], for: "path") {
          let path = route.path.split(separator: "/").map { $0.hasPrefix("{") ? text : String($0) }
          let answer = try await bed.server.request(
            route.method.rawValue, "/" + path.joined(separator: "/"))
          #expect(
            answer.status < 500,
            "\(route.method.rawValue) \(route.path) \(text.prefix(40)): \(answer.text.prefix(300))")
        }
      }
    }
  }

  /// The values that a member or a parameter gets. What many routes have is read by the same code everywhere: each of these
  /// gets the next few of the values in turn, so that all come up; the beginning is chosen at random.
  /// `MARTLET_TEST_EXTREMES=1` gives every value to each.
  private struct Choice {
    private let counts: [String: Int]
    private var turns: [String: Int] = [:]
    private let isWhole = TestVariable.number("MARTLET_TEST_EXTREMES") == 1
    private let beginning = Int.random(in: 0..<1000)
    private(set) var made = 0

    init(_ names: [String]) {
      counts = Dictionary(names.map { ($0, 1) }, uniquingKeysWith: +)
    }

    mutating func next(_ values: [String], for name: String) -> [String] {
      let share = isWhole ? values.count : (counts[name] ?? 0) > 3 ? 2 : 6
      let first = beginning + turns[name, default: 0]
      turns[name, default: 0] += share
      made += share
      return (0..<share).map { values[(first + $0) % values.count] }
    }
  }

  // MARK: Requests

  private static func withBed(_ body: @escaping @Sendable (APIBed) async throws -> Void)
    async throws
  {
    var configuration = APIConfiguration()
    configuration.requestsPerMinute = 0
    try await APIBed.with(configuration: configuration, body)
  }

  /// Whether the members of a body are read by the code that another route is asked by.
  private static func isRead(again route: Route) -> Bool {
    route.path.contains("/batch/") || route.path.hasSuffix("/edit") && route.method == .put
  }

  /// The members of a route's body, from the schema that the document has of it.
  private static func members(of route: Route) throws -> [String] {
    let operation = route.operation
    var schema = operation.body?.schema.json ?? [:]
    if let name = schema["$ref"]?.text?.split(separator: "/").last {
      schema = try #require(operation.schemas.first { $0.name == name }).schema.json
    }
    return schema["properties"]?.asObject?.keys ?? []
  }

  private static func ask(
    _ bed: APIBed, _ route: Route, query: String = "", body: String? = nil, about name: String
  ) async throws {
    let answer = try await send(bed, route, query: query, body: Array((body ?? "").utf8))
    let message = answer.error["message"]?.text ?? answer.text
    let what = "\(route.method.rawValue) \(route.path)?\(query) \(body ?? "") → \(answer.status)"
    // 500 is the contract's answer to an unknown category alone (API page, section 5).
    #expect(
      answer.status < 500 || message.hasPrefix("Category "), "\(what): \(answer.text.prefix(300))")
    guard answer.status == 400 else { return }
    // Another rule may be broken first, such as a member that is missing: it is named then; or the record cannot take
    // part at all, whatever is sent.
    let parts = route.path.split { "/{}:".contains($0) }.map(String.init)
    let names = try members(of: route) + (route.operation.query ?? []).map(\.name) + parts
    #expect(
      message.contains(name) || names.contains { message.contains($0) }
        || [
          "The JSON body does not parse", "nothing to export",
          "a template e-mail has no recipients",
        ].contains { message.hasPrefix($0) },
      "\(what): \(message.prefix(300))")
  }

  private static func send(
    _ bed: APIBed, _ route: Route, query: String = "", body: [UInt8] = []
  ) async throws -> RawResponse {
    let path = route.path.split(separator: "/").map { part in
      !part.hasPrefix("{") ? String(part) : part.hasSuffix(":text}") ? "x" : "1"
    }.joined(separator: "/")
    let headers = body.isEmpty ? [] : ["Content-Type: application/json"]
    let target = "/\(path)\(query.isEmpty ? "" : "?\(query)")"
    let connection = try bed.server.connect()
    try await connection.send(
      TestServer.head(
        route.method.rawValue, target, as: "admin", headers: headers, length: body.count))
    do {
      try await connection.send(body)
    } catch is RawConnection.Failure {
      // Content that is too long is refused before all of it has come.
    }
    let answer = try await connection.response()
    bed.server.contract?.check(route.method.rawValue, target, answer)
    return answer
  }
}
