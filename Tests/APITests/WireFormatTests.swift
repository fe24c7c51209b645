import Testing

@testable import API

@Suite("The wire format of every answer")
struct WireFormatTests {
  private static let routes = [
    Route(.get, "/api/things", needs: .anyUser) { request in
      APIResponse(json: ["query": request.query])
    },
    Route(.get, "/api/things/{id}", needs: .anyUser) { request in
      APIResponse(json: ["thing": ["id": .int(Int(try request.id))]])
    },
    Route(.get, "/api/things/self", needs: .anyUser) { request in
      APIResponse(json: ["name": JSONValue(request.user?.username)])
    },
    Route(.post, "/api/things/new", needs: .anyUser) { request in
      APIResponse(status: .created, json: ["body": try await request.parameters()])
    },
    Route(.get, "/api/admin", needs: .administrator) { _ in APIResponse(json: ["success": 1]) },
    Route(.get, "/api/open", needs: .anyone) { _ in APIResponse(json: ["success": true]) },
    Route(.get, "/api/broken", needs: .anyUser) { _ in throw Broken() },
  ]

  private struct Broken: Error {}

  @Test("JSON comes as exactly application/json, with the version of the dialect")
  func headers() async throws {
    try await TestServer.with(Self.routes) { server in
      let response = try await server.request("GET", "/api/things/7")
      #expect(response.status == 200)
      #expect(response.headers["content-type"] == "application/json")
      #expect(response.headers["mautic-version"] == "5.1.0")
      #expect(response.headers["martlet-version"] != nil)
      #expect(response.text == #"{"thing":{"id":7}}"#)
    }
  }

  @Test("A fixed word wins over an id; anything that is not an id is 404")
  func routing() async throws {
    try await TestServer.with(Self.routes) { server in
      #expect(try await server.request("GET", "/api/things/self").text == #"{"name":"admin"}"#)
      for path in [
        "/api/things/x", "/api/things/0", "/api/things/-1", "/api/things/7/x", "/api/v2/companies",
        "/", "/api",
      ] {
        let response = try await server.request("GET", path)
        #expect(response.status == 404, "\(path)")
        #expect(
          response.text
            == #"{"errors":[{"code":404,"message":"The requested URL was not found.","type":null}]}"#
        )
        #expect(response.headers["content-type"] == "application/json")
        #expect(response.headers["mautic-version"] == "5.1.0")
      }
    }
  }

  @Test("A wrong method is 405 with the right ones")
  func method() async throws {
    try await TestServer.with(Self.routes) { server in
      let response = try await server.request("DELETE", "/api/things/7")
      #expect(response.status == 405)
      #expect(response.headers["allow"] == "GET")
      #expect(response.error["code"] == 405)
    }
  }

  @Test("The front controller's prefix and a slash at the end")
  func paths() async throws {
    try await TestServer.with(Self.routes) { server in
      #expect(try await server.request("GET", "/index.php/api/things/7").status == 200)
      let redirect = try await server.request("GET", "/index.php/api/things/7/?a=1")
      #expect(redirect.status == 301)
      #expect(redirect.headers["location"] == "/index.php/api/things/7?a=1")
      #expect(try await server.request("POST", "/api/things/new/").status == 404)
      #expect(
        try await server.request("GET", "//evil.example/").headers["location"] == "/evil.example")
    }
  }

  @Test("HEAD answers as GET, without content")
  func head() async throws {
    try await TestServer.with(Self.routes) { server in
      let connection = try server.connect()
      try await connection.send(TestServer.head("HEAD", "/api/things/7"))
      try await connection.send(TestServer.head("GET", "/api/things/8"))
      try await connection.send("")
      // The answer to HEAD declares the length it would have; what follows is the next answer.
      let text = try await connection.rawText(until: #"{"thing":{"id":8}}"#)
      #expect(!text.contains(#"{"thing":{"id":7}}"#))
    }
  }

  @Test("A refused login is answered in the envelope")
  func authentication() async throws {
    try await TestServer.with(Self.routes) { server in
      let nothing = try await server.request("GET", "/api/things", as: nil)
      #expect(nothing.status == 401)
      #expect(
        nothing.text
          == #"{"errors":[{"code":401,"message":"API authorization denied.","details":[],"type":"access_denied"}]}"#
      )
      #expect(
        nothing.headers["www-authenticate"] == #"Bearer realm="Service", error="access_denied""#)

      let wrong = try await server.request(
        "GET", "/api/things", as: nil,
        headers: ["Authorization: \(TestServer.basic("admin", "guess"))"])
      #expect(wrong.status == 401)
      #expect(wrong.error["type"] == "access_denied")

      for bearer in [["Authorization: Bearer abc"], ["Authorization: bearer abc"]] {
        let response = try await server.request("GET", "/api/things", as: nil, headers: bearer)
        #expect(response.status == 401)
        #expect(response.error["type"] == "invalid_grant")
      }
      #expect(
        try await server.request("GET", "/api/things?access_token=x").error["type"]
          == "invalid_grant")
      #expect(try await server.request("GET", "/api/open", as: nil).text == #"{"success":true}"#)
      #expect(try await server.request("GET", "/api/admin", as: "kim").status == 403)
      #expect(try await server.request("GET", "/api/admin", as: "admin").status == 200)
    }
  }

  @Test("An unforeseen error is a 500 without details")
  func unexpected() async throws {
    try await TestServer.with(Self.routes) { server in
      let response = try await server.request("GET", "/api/broken")
      #expect(response.status == 500)
      #expect(
        response.text
          == #"{"errors":[{"code":500,"message":"An unexpected error occurred.","type":null}]}"#)
    }
  }

  @Test("JSON, forms and multipart bring the same parameters")
  func encodings() async throws {
    try await TestServer.with(Self.routes) { server in
      let json = try await server.request(
        "POST", "/api/things/new", headers: ["Content-Type: application/json; charset=utf-8"],
        body: Array(#"{"a":{"b":["1","2"]}}"#.utf8))
      let form = try await server.request(
        "POST", "/api/things/new", headers: ["Content-Type: application/x-www-form-urlencoded"],
        body: Array("a[b][]=1&a[b][]=2".utf8))
      let part = "--x\r\nContent-Disposition: form-data; name=\"a[b][]\"\r\n\r\n"
      let multipart = try await server.request(
        "POST", "/api/things/new", headers: ["Content-Type: multipart/form-data; boundary=x"],
        body: Array("\(part)1\r\n\(part)2\r\n--x--\r\n".utf8))
      for response in [json, form, multipart] {
        #expect(response.status == 201)
        #expect(response.text == #"{"body":{"a":{"b":["1","2"]}}}"#)
      }
      #expect(try await server.request("POST", "/api/things/new").text == #"{"body":{}}"#)
    }
  }

  @Test("A body that does not parse is 400, one in another type 415")
  func badBodies() async throws {
    try await TestServer.with(Self.routes) { server in
      let broken = try await server.request(
        "POST", "/api/things/new", headers: ["Content-Type: application/json"],
        body: Array("{\"a\":".utf8))
      #expect(broken.status == 400)
      let other = try await server.request(
        "POST", "/api/things/new", headers: ["Content-Type: image/png"], body: [1, 2, 3])
      #expect(other.status == 415)
      let packed = try await server.request(
        "POST", "/api/things/new",
        headers: ["Content-Type: application/json", "Content-Encoding: br"], body: [1, 2, 3])
      #expect(packed.status == 415)
    }
  }

  @Test("Content of a GET is ignored")
  func getWithBody() async throws {
    try await TestServer.with(Self.routes) { server in
      let response = try await server.request(
        "GET", "/api/things?a[]=1", headers: ["Content-Type: application/json"],
        body: Array("{}".utf8))
      #expect(response.text == #"{"query":{"a":["1"]}}"#)
      #expect(response.headers["connection"] != "close")
    }
  }

  @Test("Failed logins and requests past the limit have to wait")
  func limits() async throws {
    var configuration = APIConfiguration()
    configuration.requestsPerMinute = 3
    configuration.failedLogins = 2
    try await TestServer.with(Self.routes, configuration: configuration) { server in
      for _ in 0..<3 { #expect(try await server.request("GET", "/api/things").status == 200) }
      let limited = try await server.request("GET", "/api/things")
      #expect(limited.status == 429)
      #expect(limited.error["type"] == .null)
      #expect(limited.headers["x-ratelimit-limit"] == "3")
      #expect(limited.headers["x-ratelimit-remaining"] == "0")
      #expect(limited.headers["retry-after"] != nil)
      let guess = ["Authorization: \(TestServer.basic("kim", "guess"))"]
      for _ in 0..<2 {
        #expect(
          try await server.request("GET", "/api/things", as: nil, headers: guess).status == 401)
      }
      #expect(try await server.request("GET", "/api/things", as: nil, headers: guess).status == 429)
    }
  }
}
