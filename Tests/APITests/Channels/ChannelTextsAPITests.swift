import Foundation
import TestSupport
import Testing

@testable import API

@Suite("/api/smses, /api/notifications and /api/tweets (API page, 10)")
struct ChannelTextsAPITests {
  /// A kind of record, with a body that makes one.
  struct Kind: Sendable, CustomTestStringConvertible {
    let path: String
    let one: String
    let many: String
    let object: String
    /// The members after the publish block.
    let members: [String]
    let body: String
    /// Bodies that are refused, with the member at fault.
    let refused: [(body: String, member: String)]

    var testDescription: String { path }
  }

  private static let publishBlock = [
    "isPublished", "dateAdded", "dateModified", "createdBy", "createdByUser", "modifiedBy",
    "modifiedByUser",
  ]

  static let kinds = [
    Kind(
      path: "/api/smses", one: "sms", many: "smses", object: "sms",
      members: [
        "id", "name", "message", "language", "category", "publishUp", "publishDown", "sentCount",
      ],
      body: #""name":"test","message":"API test message""#,
      refused: [
        (#"{"message":"x"}"#, "name"), (#"{"name":"x"}"#, "message"),
        (#"{"name":"x","message":["y"]}"#, "message"),
        (#"{"name":"x","message":"y","publishUp":"soon"}"#, "publishUp"),
        (#"{"name":"x","message":"y","category":"z"}"#, "category"),
      ]),
    Kind(
      path: "/api/notifications", one: "notification", many: "notifications",
      object: "notification",
      members: [
        "id", "name", "heading", "message", "url", "language", "category", "button", "utmTags",
        "publishUp", "publishDown", "readCount", "sentCount",
      ],
      body: #""name":"test","heading":"API test heading","message":"API test message""#,
      refused: [
        (#"{"name":"x","message":"y"}"#, "heading"), (#"{"name":"x","heading":"y"}"#, "message"),
        (#"{"name":"x","heading":"y","message":"z","utmTags":"u"}"#, "utmTags"),
      ]),
    Kind(
      path: "/api/tweets", one: "tweet", many: "tweets", object: "tweet",
      members: [
        "id", "name", "text", "language", "category", "mediaId", "mediaPath", "sentCount",
        "favoriteCount", "retweetCount", "description",
      ],
      body: #""name":"test","text":"API test tweet""#,
      refused: [
        (#"{"text":"x"}"#, "name"), (#"{"name":"x"}"#, "text"),
        (#"{"name":"x","text":"\#(String(repeating: "y", count: 281))"}"#, "text"),
      ]),
  ]

  /// The steps of the suite of the PHP library.
  @Test("Create, get, list, edit, delete, and in batches", arguments: kinds)
  func suite(_ kind: Kind) async throws {
    try await APIBed.with { (bed) async throws in
      let made = try await bed.send("POST", "\(kind.path)/new", "{\(kind.body)}")
      #expect(made.status == 201, "\(made.text)")
      #expect(made.headers["location"] == "\(kind.path)/1")
      let entity = try #require(made.json[kind.one]?.asObject)
      #expect(entity.keys == Self.publishBlock + kind.members)
      #expect(entity["isPublished"] == true && entity["language"] == "en")
      #expect(entity["category"] == .null && entity["sentCount"] == 0)
      let list = try await bed.send(
        "GET", "\(kind.path)?where[0][col]=name&where[0][expr]=isNotEmpty")
      #expect(list.json["total"] == 1 && list.json[kind.many]?.asObject?.keys == ["1"])

      let missing = try await bed.send("PATCH", "\(kind.path)/999/edit", "{\(kind.body)}")
      #expect(missing.status == 404 && missing.error["message"] == "Item was not found.")
      let patched = try await bed.send("PATCH", "\(kind.path)/1/edit", #"{"name":"test2"}"#)
      #expect(patched.status == 200 && patched.json[kind.one]?["name"] == "test2")
      let sentBack = try await bed.send(
        "PATCH", "\(kind.path)/1/edit",
        String(made.text.dropFirst(#"{"\#(kind.one)":"#.count).dropLast()))
      #expect(sentBack.status == 200 && sentBack.json[kind.one]?["name"] == "test")
      let put = try await bed.send("PUT", "\(kind.path)/999/edit", "{\(kind.body)}")
      #expect(put.status == 201 && put.json[kind.one]?["id"] == 2)

      let batch = try await bed.send(
        "POST", "\(kind.path)/batch/new", "[{\(kind.body)},{},{\(kind.body)}]")
      #expect(batch.status == 201 && batch.json["statusCodes"] == [201, 400, 201])
      let edited = try await bed.send(
        "PATCH", "\(kind.path)/batch/edit", #"[{"id":3,"name":"c"},{"id":999,"name":"d"}]"#)
      #expect(edited.json["statusCodes"] == [200, 404])
      let found = try await bed.send("GET", "\(kind.path)?search=ids:3,4")
      #expect(found.json["total"] == 2)
      let gone = try await bed.send("DELETE", "\(kind.path)/batch/delete?ids=3,4,999")
      #expect(gone.json[kind.many]?.elements?.compactMap { $0["id"]?.integer } == [3, 4])
      let deleted = try await bed.send("DELETE", "\(kind.path)/1/delete")
      #expect(deleted.status == 200 && deleted.json[kind.one]?["id"] == .null)
      #expect(try await bed.send("GET", "\(kind.path)/1").status == 404)
      #expect(try await bed.audited("create", kind.object) == 4)
      #expect(try await bed.audited("delete", kind.object) == 3)
    }
  }

  @Test("Searches by state, category, language and text", arguments: kinds)
  func searches(_ kind: Kind) async throws {
    try await APIBed.with { (bed) async throws in
      let category = try await bed.make(
        "/api/categories", #"{"title":"Sale","bundle":"\#(kind.object)"}"#, "category")
      let first = try await bed.make(
        kind.path, #"{\#(kind.body),"category":\#(category),"language":"de"}"#, kind.one)
      let second = try await bed.make(
        kind.path, #"{\#(kind.body.replacing("\"test\"", with: "\"other\"")),"isPublished":false}"#,
        kind.one)
      for (search, ids) in [
        ("is:published", [first]), ("is:unpublished", [second]), ("is:mine", [first, second]),
        ("is:uncategorized", [second]), ("category:sale", [first]), ("name:test", [first]),
        ("lang:de", [first]), ("!lang:de", [second]), ("other", [second]),
        ("nonsense", []),
      ] {
        let answer = try await bed.send("GET", "\(kind.path)?search=\(search)")
        let found = answer.json[kind.many]?.elements?.compactMap { $0["id"]?.integer }
        #expect(found == ids, "\(search): \(answer.text)")
      }
      let list = try await bed.send("GET", "\(kind.path)?orderBy=name&publishedOnly=1")
      #expect(list.json["total"] == 1)
      #expect(try await bed.send("DELETE", "/api/categories/\(category)/delete").status == 200)
      let left = try await bed.send("GET", "\(kind.path)/\(first)")
      #expect(left.json[kind.one]?["category"] == .null)
    }
  }

  @Test("A refusal names its member and changes nothing", arguments: kinds)
  func refuses(_ kind: Kind) async throws {
    try await APIBed.with { (bed) async throws in
      for (body, member) in kind.refused {
        let answer = try await bed.send("POST", "\(kind.path)/new", body)
        #expect(answer.status == 400, "\(body)")
        #expect(answer.error["details"]?[member] != nil, "\(body): \(answer.text)")
      }
      let unknown = try await bed.send("POST", "\(kind.path)/new", "{\(kind.body),\"category\":9}")
      #expect(unknown.status == 500 && unknown.error["message"] == "Category 9 does not exist")
      #expect(try await bed.send("GET", kind.path).json["total"] == 0)
    }
  }

  @Test("Members that a form sends come back; null and empty texts remove them")
  func members() async throws {
    try await APIBed.with { (bed) async throws in
      let form =
        "name=News&heading=Big&message=Sam+%26+Sons&url=https%3A%2F%2Fa.example%2F&button=Go"
        + "&utmTags[utmSource]=push&publishUp=2024-03-01+09:30&isPublished=0"
      let made = try await bed.server.request(
        "POST", "/api/notifications/new",
        headers: ["Content-Type: application/x-www-form-urlencoded"], body: Array(form.utf8))
      let entity = made.json["notification"]
      #expect(made.status == 201 && entity?["message"] == "Sam & Sons", "\(made.text)")
      #expect(entity?["url"] == "https://a.example/" && entity?["button"] == "Go")
      #expect(entity?["utmTags"]?["utmSource"] == "push" && entity?["isPublished"] == false)
      #expect(entity?["publishUp"] == "2024-03-01T09:30:00+00:00")
      let after = try await bed.send(
        "PATCH", "/api/notifications/1/edit",
        #"{"url":null,"button":"","publishUp":null,"language":null,"message":null}"#
      ).json["notification"]
      #expect(after?["url"] == .null && after?["button"] == .null && after?["publishUp"] == .null)
      #expect(after?["language"] == "en" && after?["message"] == "Sam & Sons")
    }
  }

  @Test("Sending answers that there is no transport")
  func sends() async throws {
    try await APIBed.with { (bed) async throws in
      let sms = try await bed.make("/api/smses", #"{"name":"a","message":"b"}"#, "sms")
      let answer = try await bed.send("GET", "/api/smses/\(sms)/contact/1/send")
      #expect(answer.status == 200)
      #expect(answer.json == ["error": ["message": "SMS transport is disabled.", "code": 417]])
      #expect(try await bed.send("GET", "/api/smses/x/contact/1/send").status == 404)
    }
  }
}
