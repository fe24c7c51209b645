import Testing

@testable import API

@Suite struct MCPTests {
  private static func call(_ tool: String, _ arguments: String = "{}") -> String {
    """
    {"jsonrpc":"2.0","id":7,"method":"tools/call",
     "params":{"name":"\(tool)","arguments":\(arguments)}}
    """
  }

  @Test func everyToolHasItsRoute() async throws {
    try await APIBed.with { (bed) async throws in
      let routes = Set(bed.routes.map { "\($0.method.rawValue) \($0.path)" })
      for tool in MCPTool.all {
        #expect(routes.contains("\(tool.method.rawValue) \(tool.path)"), "\(tool.name)")
        let inPath = tool.path.split(separator: "/").filter { $0.hasPrefix("{") }.count
        #expect(tool.parameters.filter { $0.place == .path }.count == inPath, "\(tool.name)")
      }
      #expect(Set(MCPTool.all.map(\.name)).count == MCPTool.all.count)
    }
  }

  @Test func aClientInitializesListsAndCalls() async throws {
    try await APIBed.with { (bed) async throws in
      func send(_ body: String, as user: String = "admin") async throws -> RawResponse {
        try await bed.server.request(
          "POST", "/mcp", as: user,
          headers: [
            "Content-Type: application/json", "Accept: application/json, text/event-stream",
          ],
          body: Array(body.utf8))
      }
      func result(_ body: String, as user: String = "admin") async throws -> API.JSONValue {
        let answer = try await send(body, as: user)
        #expect(answer.status == 200 && answer.json["jsonrpc"] == "2.0")
        return answer.json["result"] ?? answer.json["error"] ?? .null
      }
      /// The content of a tool's answer, as JSON.
      func content(_ body: String, as user: String = "admin") async throws -> API.JSONValue {
        let text = try await result(body, as: user)["content"]?.elements?.first?["text"]?.text
        return try JSONParser.parse(try #require(text).utf8)
      }
      let hello = try await result(
        #"{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}"#
      )
      #expect(hello["protocolVersion"] == "2025-06-18" && hello["capabilities"]?["tools"] != nil)
      let old =
        #"{"jsonrpc":"2.0","id":"a","method":"initialize","params":{"protocolVersion":"1"}}"#
      #expect(try await send(old).json["id"] == "a")
      #expect(
        try await send(#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#).status == 202)
      #expect(try await result(#"{"jsonrpc":"2.0","id":2,"method":"ping"}"#) == [:])
      let tools = try await result(#"{"jsonrpc":"2.0","id":3,"method":"tools/list"}"#)
      #expect(tools["tools"]?.elements?.count == MCPTool.all.count)

      let made = try await content(
        Self.call("contacts_create", #"{"fields":{"email":"ada@example.com","firstname":"Ada"}}"#))
      let id = try #require(made["contact"]?["id"]?.integer)
      _ = try await content(
        Self.call("contacts_update", #"{"id":\#(id),"fields":{"firstname":"Eve"}}"#))
      let found = try await content(
        Self.call("contacts_search", #"{"search":"email:ada@example.com","limit":5}"#))
      #expect(found["total"]?.integer == 1)
      let one = try await content(Self.call("contacts_get", #"{"id":"\#(id)"}"#))
      #expect(one["contact"]?["fields"]?["all"]?["firstname"] == "Eve")
      #expect(try await content(Self.call("segments_list"))["total"] != nil)
      #expect(
        try await content(Self.call("segments_members", #"{"alias":"none"}"#))["total"]?.integer
          == 0)
      let rows = try await content(
        Self.call(
          "statistics_rows",
          #"{"table":"audit_log","where":[{"col":"action","expr":"eq","val":"create"}],"limit":1}"#)
      )
      #expect(rows["stats"]?.elements?.count == 1)

      // What the API refuses is told to the model, under the rights of the user.
      try await bed.user("lee", may: ["lead:leads": ["viewown"]])
      for (user, call, code) in [
        ("admin", Self.call("contacts_get", #"{"id":999999}"#), 404),
        ("lee", Self.call("contacts_get", #"{"id":\#(id)}"#), 403),
        ("lee", Self.call("campaigns_list"), 403),
      ] {
        #expect(try await result(call, as: user)["isError"] == true)
        #expect(
          try await content(call, as: user)["errors"]?.elements?.first?["code"]?.integer == code)
      }
      #expect(try await content(Self.call("contacts_search"), as: "lee")["total"]?.integer == 0)
    }
  }

  @Test(arguments: [
    (#"{"#, -32700, 400), ("[]", -32600, 400), (#"{"jsonrpc":"2.0","id":1}"#, -32600, 400),
    (#"{"jsonrpc":"2.0","id":[1],"method":"ping"}"#, -32600, 400),
    (#"{"jsonrpc":"2.0","id":1,"method":"no/such"}"#, -32601, 200),
    (call("no_such"), -32602, 200), (call("contacts_get"), -32602, 200),
    (call("contacts_get", #"{"id":-1}"#), -32602, 200),
    (call("contacts_get", #"{"id":1,"other":2}"#), -32602, 200),
    (call("contacts_create", #"{"fields":"x"}"#), -32602, 200),
    (call("statistics_rows", #"{"table":"../users"}"#), -32602, 200),
  ])
  func wrongMessagesAreRefused(_ body: String, _ code: Int, _ status: Int) async throws {
    try await APIBed.with { (bed) async throws in
      let answer = try await bed.server.request(
        "POST", "/mcp", as: "admin", headers: ["Content-Type: application/json"],
        body: Array(body.utf8))
      #expect(answer.status == status, "\(answer.text)")
      #expect(answer.json["error"]?["code"] == .int(code))
    }
  }

  @Test func strangersAndPagesOfOthersAreRefused() async throws {
    try await APIBed.with { (bed) async throws in
      let ping = Array(#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#.utf8)
      func status(_ headers: [String], as user: String? = "admin") async throws -> Int {
        try await bed.server.request("POST", "/mcp", as: user, headers: headers, body: ping).status
      }
      #expect(try await status([], as: nil) == 401)
      #expect(try await status([]) == 200)
      #expect(try await status(["Origin: https://other.example.com"]) == 403)
      #expect(try await status(["MCP-Protocol-Version: 2025-11-25"]) == 200)
      #expect(try await status(["MCP-Protocol-Version: 1999-01-01"]) == 400)
      #expect(try await bed.server.request("GET", "/mcp", as: "admin").status == 405)
    }
  }
}
