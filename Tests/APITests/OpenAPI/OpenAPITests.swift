import HTTPTypes
import Testing

@testable import API

/// The document is made of the routes that answer (API page, 11.8).
@Suite struct OpenAPITests {
  @Test func everyRouteIsInTheDocumentOnce() async throws {
    try await APIBed.with { (bed) async throws in
      let document = try await bed.document()
      var ids: [String] = []
      var operations = 0
      for path in document["paths"]?.asObject?.members ?? [] {
        for operation in path.value.asObject?.members ?? [] {
          operations += 1
          ids.append(operation.value["operationId"]?.text ?? "")
          // Each parameter of the path is described, and no other.
          let named = path.key.split(separator: "/").filter { $0.hasPrefix("{") }
            .map { String($0.dropFirst().dropLast()) }
          let described = (operation.value["parameters"]?.elements ?? [])
            .filter { $0["in"] == "path" }.compactMap { $0["name"]?.text }
          #expect(named == described, "\(operation.key) \(path.key)")
        }
      }
      #expect(Set(ids).count == ids.count)
      let shapes = Set(
        bed.routes.map { route in
          let parts = route.path.split(separator: "/").map { $0.hasPrefix("{") ? "{}" : $0 }
          return "\(route.method.rawValue) \(parts.joined(separator: "/"))"
        })
      #expect(operations == shapes.count)
    }
  }

  @Test func everyRouteSaysWhatItDoes() async throws {
    try await APIBed.with { (bed) async throws in
      for route in bed.routes {
        let name = "\(route.method.rawValue) \(route.path)"
        #expect(!route.operation.summary.isEmpty, "\(name)")
        guard OpenAPIOperation.isAPI(route.path) else { continue }
        #expect(!route.operation.answers.isEmpty && route.operation.query != nil, "\(name)")
      }
    }
  }

  @Test func allReferencesLeadSomewhere() async throws {
    try await APIBed.with { (bed) async throws in
      let document = try await bed.document()
      var references: Set<String> = []
      Self.collect("$ref", in: document, into: &references)
      Self.collect("operationId", in: document["paths"] ?? .null, into: &references, prefix: "@")
      #expect(references.contains("#/components/schemas/TagBody"))
      for reference in references where reference.hasPrefix("#/") {
        let found = reference.dropFirst(2).split(separator: "/").reduce(document as JSONValue?) {
          $0?[String($1)]
        }
        #expect(found != nil, "\(reference)")
      }
    }
  }

  private static func collect(
    _ name: String, in value: JSONValue, into found: inout Set<String>, prefix: String = ""
  ) {
    if let text = value[name]?.text { found.insert(prefix + text) }
    for part in value.elements ?? [] { collect(name, in: part, into: &found, prefix: prefix) }
  }

  @Test func bodiesHaveTheMembersThatAreRead() async throws {
    try await APIBed.with { (bed) async throws in
      let document = try await bed.document()
      func member(_ schema: String, _ name: String) -> JSONValue? {
        document["components"]?["schemas"]?[schema]?["properties"]?[name]
      }
      #expect(member("TagBody", "tag")?["$ref"] == "#/components/schemas/GivenText")
      #expect(member("StageBody", "weight")?["$ref"] == "#/components/schemas/GivenInteger")
      #expect(member("EmailBody", "publishUp")?["$ref"] == "#/components/schemas/GivenDate")
      #expect(member("CampaignBody", "events") == [:])
      #expect(
        member("FormBody", "fields")?["items"]?["properties"]?["isRequired"]?["$ref"]
          == "#/components/schemas/GivenTruth")
      #expect(member("ContactBody", "tags") == [:])
      #expect(
        document["components"]?["schemas"]?["ContactBody"]?["additionalProperties"] == true)
      // No schema of a record's body is empty: each is read by code that tells what it asks for.
      for schema in document["components"]?["schemas"]?.asObject?.members ?? []
      where schema.key.hasSuffix("Body") {
        #expect(schema.value["properties"]?.isEmptyContainer == false, "\(schema.key)")
      }
    }
  }

  @Test func examplesCreateWhatTheySay() async throws {
    try await APIBed.with { (bed) async throws in
      let document = try await bed.document()
      // Examples may name the first contact and segment.
      _ = try await bed.make("/api/contacts", #"{"firstname":"Ada"}"#, "contact")
      _ = try await bed.make("/api/segments", #"{"name":"First"}"#, "list")
      var tried = 0
      for path in document["paths"]?.asObject?.members ?? [] {
        let content = path.value["post"]?["requestBody"]?["content"]?["application/json"]
        guard let example = content?["example"] else { continue }
        tried += 1
        let body = String(decoding: example.rendered, as: UTF8.self)
        let response = try await bed.send("POST", path.key, body)
        let isMade = [200, 201].contains(response.status)
        #expect(isMade && response.json["errors"] == nil, "\(path.key): \(response.text)")
        // The same may be created again: names are free.
        if let made = response.headers["location"] {
          let gone = try await bed.send("DELETE", "\(made)/delete")
          #expect(gone.status == 200, "\(made): \(gone.text)")
        }
      }
      #expect(tried > 40)
    }
  }

  @Test func nothingIsMadeWithoutWhatIsRequired() async throws {
    try await APIBed.with { (bed) async throws in
      let document = try await bed.document()
      var tried = 0
      for path in document["paths"]?.asObject?.members ?? [] where !path.key.contains("/batch/") {
        let content = path.value["post"]?["requestBody"]?["content"]?["application/json"]
        for name in content?["schema"]?["required"]?.commaList ?? [] {
          tried += 1
          var example = content?["example"]?.asObject ?? [:]
          #expect(example[name] != nil, "\(path.key): \(name)")
          example[name] = nil
          let body = String(decoding: JSONValue.object(example).rendered, as: UTF8.self)
          let response = try await bed.send("POST", path.key, body)
          #expect(response.status == 400, "\(path.key) without \(name): \(response.text)")
        }
      }
      #expect(tried > 30)
    }
  }

  @Test func linksLeadToWhatWasMade() async throws {
    try await APIBed.with { (bed) async throws in
      let document = try await bed.document()
      let made = document["paths"]?["/api/tags/new"]?["post"]?["responses"]?["201"]
      let links = made?["links"]?.asObject?.keys ?? []
      #expect(
        Set(links) == [
          "getTagsById", "patchTagsByIdEdit", "putTagsByIdEdit", "deleteTagsByIdDelete",
        ])
      #expect(made?["links"]?["getTagsById"]?["parameters"]?["id"] == "$response.body#/tag/id")
    }
  }

  @Test func whatIsNotDeclaredIsNotRead() async throws {
    let seen = Shared<(query: [String], body: [String])>(([], []))
    let route = Route(.post, "/api/things", needs: .anyone) { request in
      let body = try await request.parameters()
      seen.value = (request.query.asObject?.keys ?? [], body.asObject?.keys ?? [])
      return APIResponse(json: [:])
    }
    let declared = route.described("Make things", query: "a:text", body: "b:integer c:any")
    try await TestServer.with([declared]) { server in
      _ = try await server.request(
        "POST", "/api/things?a=1&z=2&b=3", headers: ["Content-Type: application/json"],
        body: Array(#"{"b":1,"c":{"z":1},"z":2}"#.utf8))
    }
    #expect(seen.value.query == ["a"])
    #expect(seen.value.body == ["b", "c"])
  }

  @Test func theDocumentIsSentAgainOnlyWhereItChanged() async throws {
    try await APIBed.with { (bed) async throws in
      for path in ["/api/openapi.json", "/api/docs"] {
        let first = try await bed.server.request("GET", path, as: nil)
        let tag = try #require(first.headers["etag"])
        let again = try await bed.server.request(
          "GET", path, as: nil, headers: ["If-None-Match: \(tag)"])
        #expect(first.status == 200 && again.status == 304 && again.body.isEmpty, "\(path)")
      }
    }
  }

  @Test func thePageShowsEveryOperationAndAsksNobody() async throws {
    try await APIBed.with { (bed) async throws in
      let page = try await bed.server.request("GET", "/api/docs", as: nil)
      #expect(page.headers["content-type"] == "text/html; charset=utf-8")
      let policy = page.headers["content-security-policy"] ?? ""
      #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-"))
      let text = page.text
      #expect(!text.contains("<script") && !text.contains("src=") && !text.contains("href=\"http"))
      for operation in OpenAPIOperation.all(of: bed.routes) {
        #expect(text.contains("<article id=\"\(operation.id)\">"), "\(operation.id)")
      }
    }
  }
}

extension APIBed {
  /// The document as a client without a login gets it.
  func document() async throws -> API.JSONValue {
    let response = try await server.request("GET", "/api/openapi.json", as: nil)
    #expect(response.status == 200)
    return response.json
  }
}
