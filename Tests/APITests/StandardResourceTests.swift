import Testing
import Users

@testable import API

/// Words kept in memory: a resource as simple as one can be.
private struct Words: StandardResource {
  struct Word: Sendable {
    var id: Int64
    var word: String
    var note: String?
  }

  var shape: ListShape = .array
  var totalIsText = false
  let minimalMembers: Set<String>? = ["word"]
  let path = "/api/words"
  let areas = [PermissionArea.tags]
  let names = (one: "word", many: "words")
  let kept = Shared<[Word]>([])

  func list(_ request: APIRequest) -> (entities: [Word], total: Int) {
    let paging = Paging(request.query, cap: 1000)
    let all = kept.value
    return (Array(all.dropFirst(paging.start).prefix(paging.limit)), all.count)
  }

  func find(_ id: Int64, _ request: APIRequest) -> Word? { kept.value.first { $0.id == id } }

  func create(_ body: JSONValue, _ request: APIRequest) throws -> (entity: Word, isNew: Bool) {
    let text = try word(in: body)
    if let known = kept.value.first(where: { $0.word == text }) { return (known, false) }
    let word = Word(
      id: (kept.value.map(\.id).max() ?? 0) + 1, word: text, note: body["note"]?.text)
    kept.update { $0.append(word) }
    return (word, true)
  }

  func update(_ id: Int64, _ body: JSONValue, replacing: Bool, _ request: APIRequest) throws
    -> Word?
  {
    guard let index = kept.value.firstIndex(where: { $0.id == id }) else { return nil }
    let text = replacing ? try word(in: body) : body["word"]?.text
    kept.update {
      if let text { $0[index].word = text }
      if replacing || body["note"] != nil { $0[index].note = body["note"]?.text }
    }
    return kept.value[index]
  }

  func delete(_ id: Int64, _ request: APIRequest) throws -> Word? {
    guard let word = find(id, request) else { return nil }
    guard word.word != "held" else { throw APIError.conflict("This word is held.") }
    kept.update { $0.removeAll { $0.id == id } }
    return word
  }

  func id(of word: Word) -> Int64 { word.id }

  func json(_ word: Word, _ request: APIRequest) -> JSONValue {
    ["id": .int(Int(word.id)), "word": .string(word.word), "note": JSONValue(word.note)]
  }

  private func word(in body: JSONValue) throws(APIError) -> String {
    guard let word = body["word"]?.text, !word.isEmpty else {
      throw .validation([("word", ["A word is required."])])
    }
    return word
  }
}

@Suite("The ten standard endpoints, api.md 7")
struct StandardResourceTests {
  private func send(
    _ server: TestServer, _ method: String, _ path: String, _ body: String = ""
  ) async throws -> RawResponse {
    try await server.request(
      method, path, headers: body.isEmpty ? [] : ["Content-Type: application/json"],
      body: Array(body.utf8))
  }

  @Test("Create, read, change, replace, delete")
  func one() async throws {
    try await TestServer.with(Words().routes) { server in
      let created = try await send(server, "POST", "/api/words/new", #"{"word":"swift","x":1}"#)
      #expect(created.status == 201)
      #expect(created.headers["location"] == "/api/words/1")
      #expect(created.text == #"{"word":{"id":1,"word":"swift","note":null}}"#)
      let known = try await send(server, "POST", "/api/words/new", #"{"word":"swift"}"#)
      #expect(known.status == 200 && known.headers["location"] == nil)
      #expect(try await send(server, "POST", "/api/words/new").error["details"]?["word"] != nil)
      #expect(try await send(server, "POST", "/api/words/new", "[1]").status == 400)

      let edited = try await send(server, "PATCH", "/api/words/1/edit", #"{"note":"small"}"#)
      #expect(edited.text == #"{"word":{"id":1,"word":"swift","note":"small"}}"#)
      let replaced = try await send(
        server, "PUT", "/api/words/1/edit", #"{"word":"martlet","note":"a bird"}"#)
      #expect(replaced.status == 200)
      #expect(replaced.text == #"{"word":{"id":1,"word":"martlet","note":"a bird"}}"#)
      // Quirk 3: PATCH of a missing one is 404, PUT creates it under another id.
      #expect(try await send(server, "PATCH", "/api/words/9/edit", "{}").status == 404)
      let put = try await send(server, "PUT", "/api/words/9/edit", #"{"word":"house"}"#)
      #expect(put.status == 201 && put.headers["location"] == "/api/words/2")

      // Quirk 6: deleted, it has no id.
      let deleted = try await send(server, "DELETE", "/api/words/1/delete")
      #expect(deleted.status == 200)
      #expect(deleted.text == #"{"word":{"id":null,"word":"martlet","note":"a bird"}}"#)
      #expect(try await send(server, "GET", "/api/words/1").status == 404)
      #expect(try await send(server, "DELETE", "/api/words/1/delete").status == 404)
      #expect(try await send(server, "PUT", "/api/words/new", "{}").status == 405)
      #expect(try await send(server, "POST", "/api/words/batch/edit", "[]").status == 405)
    }
  }

  @Test("Lists in both forms, with select and minimal")
  func lists() async throws {
    try await TestServer.with(Words().routes) { server in
      #expect(try await send(server, "GET", "/api/words").text == #"{"total":0,"words":[]}"#)
      _ = try await send(server, "POST", "/api/words/new", #"{"word":"a"}"#)
      #expect(
        try await send(server, "GET", "/api/words").text
          == #"{"total":1,"words":[{"id":1,"word":"a","note":null}]}"#)
      #expect(
        try await send(server, "GET", "/api/words?minimal=1").text
          == #"{"total":1,"words":[{"id":1,"word":"a"}]}"#)
      #expect(
        try await send(server, "GET", "/api/words/1?select[]=note").text == #"{"word":{"id":1}}"#)
    }
    let keyed = Words(shape: .keyedByID(emptyObject: true), totalIsText: true)
    try await TestServer.with(keyed.routes) { server in
      #expect(try await send(server, "GET", "/api/words").text == #"{"total":"0","words":{}}"#)
      _ = try await send(server, "POST", "/api/words/new", #"{"word":"a"}"#)
      #expect(
        try await send(server, "GET", "/api/words").text
          == #"{"total":"1","words":{"1":{"id":1,"word":"a","note":null}}}"#)
    }
    try await TestServer.with(Words(shape: .keyedByID()).routes) { server in
      let empty = try await send(server, "GET", "/api/words")
      #expect(empty.text == #"{"total":0,"words":[]}"#)
    }
  }

  @Test("Batches: codes and errors by position, 201 and 200 whatever happened (quirk 7)")
  func batches() async throws {
    try await TestServer.with(Words().routes) { server in
      let new = try await send(
        server, "POST", "/api/words/batch/new", #"[{"word":"a"},{},{"word":"a"},{"word":"held"}]"#)
      #expect(new.status == 201)
      #expect(new.json["statusCodes"] == [201, 400, 200, 201])
      #expect(new.json["words"]?.elements?.map { $0["id"] } == [1, 1, 2])
      #expect(new.json["errors"]?.asObject?.keys == ["1"])
      #expect(new.json["errors"]?["1"]?["code"] == 400)

      let edit = #"{"0":{"id":7,"word":"b"},"1":{"word":"c"},"2":{"id":"1","word":"d"}}"#
      let patched = try await send(server, "PATCH", "/api/words/batch/edit", edit)
      #expect(patched.status == 200)
      #expect(patched.json["statusCodes"] == [404, 400, 200])
      #expect(patched.json["errors"]?.elements?.map { $0["code"] } == [404, 400])
      #expect(patched.text.contains(#""errors":[{"#))
      let put = try await send(server, "PUT", "/api/words/batch/edit", edit)
      #expect(put.json["statusCodes"] == [201, 400, 200])

      for query in ["ids=3,1,77,x", "ids[]=3&ids[]=1", "ids[0]=3&ids[1]=2"] {
        let gone = try await send(server, "DELETE", "/api/words/batch/delete?\(query)")
        #expect(gone.status == 200)
        #expect(gone.json["statusCodes"] == nil)
        switch query {
        case "ids=3,1,77,x": #expect(gone.json["words"]?.elements?.map { $0["id"] } == [3, 1])
        case "ids[]=3&ids[]=1": #expect(gone.text == #"{"words":[]}"#)
        default: #expect(gone.json["errors"]?["1"]?["code"] == 409)
        }
      }
      let byBody = try await send(server, "DELETE", "/api/words/batch/delete", #"{"ids":[5]}"#)
      #expect(byBody.text == #"{"words":[]}"#)
      #expect(try await send(server, "DELETE", "/api/words/batch/delete", "{}").status == 400)
    }
  }

  @Test("More than 200 at once are refused as a whole")
  func limit() async throws {
    let words = Words()
    try await TestServer.with(words.routes) { server in
      let items = (1...201).map { #"{"word":"w\#($0)"}"# }.joined(separator: ",")
      let refused = try await send(server, "POST", "/api/words/batch/new", "[\(items)]")
      #expect(refused.status == 500)
      #expect(refused.error["message"]?.text?.hasPrefix("A max of 200 ") == true)
      #expect(words.kept.value.isEmpty)
    }
  }
}
