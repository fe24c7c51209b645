import HTTPTypes
import Hummingbird
import Logging
import NIOCore
import Testing

@testable import API

@Suite("Routes that are run within the process")
struct RouteCallerTests {
  /// A route that answers what it was sent in pieces, and what it was told of it.
  private static let echo = Route(.post, "/api/echo", needs: .administrator, takesFile: true) {
    request in
    var content: [UInt8] = []
    while let chunk = try await request.body.next() {
      content.append(contentsOf: chunk.readableBytesView)
    }
    let received = content
    return APIResponse(
      headers: [
        .contentType: request.headers[.contentType] ?? "",
        .eTag: request.headers[.cookie] ?? "no cookie", .vary: request.query["format"]?.text ?? "",
      ],
      body: .stream { writer in
        try await writer.write(ByteBuffer(bytes: received))
        try await writer.finish(nil)
      })
  }

  private static func request(_ content: String, as user: Principal) -> APIRequest {
    APIRequest(
      method: .post, path: "/console/echo",
      headers: [.contentType: "text/csv", .cookie: "session=secret"],
      query: ["token": "abc"], pathParameters: [:], user: user,
      body: BodyReader(RequestBody(buffer: ByteBuffer(string: content)), hasContent: true),
      logger: Logger(label: "test"))
  }

  @Test("The content and its type are handed on, cookies and the query are not")
  func forward() async throws {
    let caller = RouteCaller(table: RouteTable([Self.echo]))
    let answer = try await caller.forward(
      Self.request("a,b\n1,2\n", as: TestServer.admin), to: .post, "/api/echo",
      query: ["format": "csv"])
    #expect(answer.headers[.contentType] == "text/csv")
    #expect(answer.headers[.eTag] == "no cookie")
    #expect(answer.headers[.vary] == "csv")
    guard case .stream(let write) = answer.body else {
      Issue.record("the answer was read")
      return
    }
    let content = AnswerCollector.Content()
    var writer: any ResponseBodyWriter = AnswerCollector(content: content, limit: 100)
    try await write(&writer)
    #expect(String(decoding: content.bytes, as: UTF8.self) == "a,b\n1,2\n")
  }

  @Test("What the user may not do is refused, and what is no route is not found")
  func refusals() async throws {
    let caller = RouteCaller(table: RouteTable([Self.echo]))
    await #expect(throws: APIError.self) {
      try await caller.forward(Self.request("x", as: TestServer.user), to: .post, "/api/echo")
    }
    await #expect(throws: APIError.self) {
      try await caller.forward(Self.request("x", as: TestServer.admin), to: .post, "/api/none")
    }
  }
}
