import Foundation
import TestSupport
import Testing

@testable import API

@Suite("/api/messages (API page, 9)") struct MarketingMessagesAPITests {
  private static let path = "/api/messages"

  /// An e-mail and a text for telephones.
  private func contents(_ bed: APIBed) async throws -> (email: Int, sms: Int) {
    (
      try await bed.make(
        "/api/emails", #"{"name":"Letter","subject":"MM","message":"x","heading":"y"}"#, "email"),
      try await bed.make("/api/smses", #"{"name":"Text","message":"test"}"#, "sms")
    )
  }

  /// The steps of the suite of the PHP library.
  @Test("Create, get, list, edit, delete, and in batches")
  func suite() async throws {
    try await APIBed.with { (bed) async throws in
      let (email, sms) = try await contents(bed)
      let body =
        #"{"name":"API message","description":"By a test","channels":{"email":{"channel":"email","channelId":\#(email),"isEnabled":true},"sms":{"channel":"sms","channelId":\#(sms),"isEnabled":false}}}"#
      let made = try await bed.send("POST", "\(Self.path)/new", body)
      #expect(made.status == 201, "\(made.text)")
      let message = try #require(made.json["message"]?.asObject)
      #expect(
        message.keys == [
          "isPublished", "dateAdded", "dateModified", "createdBy", "createdByUser", "modifiedBy",
          "modifiedByUser", "id", "name", "description", "publishUp", "publishDown", "channels",
          "category",
        ])
      let channels = try #require(message["channels"]?.asObject)
      #expect(channels.keys == ["email", "sms"])
      #expect(
        channels["email"]?.asObject?.keys == [
          "id", "channel", "channelId", "channelName", "isEnabled",
        ])
      #expect(channels["email"]?["channelId"] == .int(email))
      #expect(channels["email"]?["channelName"] == "Letter")
      #expect(channels["sms"]?["isEnabled"] == false && channels["sms"]?["channel"] == "sms")
      #expect(channels["sms"]?["id"] != channels["email"]?["id"])
      let read = try await bed.send("GET", "\(Self.path)/1")
      #expect(read.text == made.text)
      let list = try await bed.send("GET", "\(Self.path)?search=ids:1")
      #expect(list.json["total"] == 1 && list.json["messages"]?.elements?.count == 1)
      #expect(list.json["messages"]?.elements?.first == read.json["message"])

      #expect(try await bed.send("PATCH", "\(Self.path)/10000/edit", body).status == 404)
      let put = try await bed.send("PUT", "\(Self.path)/10000/edit", body)
      #expect(put.status == 201 && put.json["message"]?["id"] == 2)
      let batch = try await bed.send("POST", "\(Self.path)/batch/new", "[\(body),{}]")
      #expect(batch.json["statusCodes"] == [201, 400])
      let id = try #require(batch.json["messages"]?.elements?.first?["id"]?.integer)
      let edited = try await bed.send(
        "PATCH", "\(Self.path)/batch/edit", #"[{"id":\#(id),"name":"New"}]"#)
      #expect(edited.json["messages"]?.elements?.first?["channels"]?.asObject?.keys.count == 2)
      let gone = try await bed.send("DELETE", "\(Self.path)/batch/delete?ids=2,\(id)")
      #expect(gone.json["messages"]?.elements?.count == 2)
      // Test clean-up deletes what a message names first.
      #expect(try await bed.send("DELETE", "/api/emails/\(email)/delete").status == 200)
      #expect(try await bed.send("DELETE", "/api/smses/\(sms)/delete").status == 200)
      let left = try await bed.send("GET", "\(Self.path)/1").json["message"]?["channels"]
      #expect(left?["email"]?["channelId"] == .null && left?["email"]?["channelName"] == .null)
      #expect(left?["email"]?["isEnabled"] == true)
      let deleted = try await bed.send("DELETE", "\(Self.path)/1/delete")
      #expect(deleted.json["message"]?["id"] == .null)
      #expect(try await bed.audited("create", "message") == 3)
    }
  }

  @Test("Channels that are not named are kept disabled by PATCH and removed by PUT")
  func channels() async throws {
    try await APIBed.with { (bed) async throws in
      let (email, sms) = try await contents(bed)
      let list =
        #"[{"channel":"email","channelId":\#(email),"isEnabled":true},{"channel":"sms","channelId":"\#(sms)","isEnabled":"1"}]"#
      let id = try await bed.make(Self.path, #"{"name":"A","channels":\#(list)}"#, "message")
      let renamed = try await bed.send("PATCH", "\(Self.path)/\(id)/edit", #"{"name":"B"}"#)
      #expect(renamed.json["message"]?["channels"]?["sms"]?["isEnabled"] == true)
      let patched = try await bed.send(
        "PATCH", "\(Self.path)/\(id)/edit",
        #"{"channels":{"email":{"isEnabled":true},"notification":{"isEnabled":true}}}"#
      ).json["message"]?["channels"]
      #expect(patched?.asObject?.keys == ["email", "sms", "notification"])
      #expect(patched?["email"]?["channelId"] == .int(email))
      #expect(patched?["sms"]?["channelId"] == .int(sms))
      #expect(patched?["sms"]?["isEnabled"] == false)
      #expect(patched?["notification"]?["channelId"] == .null)
      let put = try await bed.send(
        "PUT", "\(Self.path)/\(id)/edit",
        #"{"name":"C","channels":{"email":{"channelId":\#(email)}}}"#
      ).json["message"]
      #expect(put?["channels"]?.asObject?.keys == ["email"])
      #expect(put?["channels"]?["email"]?["isEnabled"] == false)
      let bare = try await bed.send("PUT", "\(Self.path)/\(id)/edit", #"{"name":"D"}"#)
      #expect(bare.json["message"]?["channels"] == [])
      let form = "name=E&channels[0][channel]=sms&channels[0][channelId]=\(sms)"
      let posted = try await bed.server.request(
        "POST", "\(Self.path)/new", headers: ["Content-Type: application/x-www-form-urlencoded"],
        body: Array(form.utf8))
      #expect(posted.json["message"]?["channels"]?["sms"]?["channelId"] == .int(sms))
    }
  }

  @Test("A whole message that was read can be sent back")
  func sendsBack() async throws {
    try await APIBed.with { (bed) async throws in
      let (email, _) = try await contents(bed)
      let made = try await bed.send(
        "POST", "\(Self.path)/new",
        #"{"name":"A","channels":{"email":{"channelId":\#(email),"isEnabled":true}}}"#)
      let body = String(made.text.dropFirst(#"{"message":"#.count).dropLast())
      for method in ["PATCH", "PUT"] {
        let answer = try await bed.send(method, "\(Self.path)/1/edit", body)
        #expect(answer.status == 200 && answer.text == made.text, "\(method): \(answer.text)")
      }
      #expect(try await bed.audited("update", "message") == 0)
    }
  }

  @Test("A refusal names its member and changes nothing")
  func refuses() async throws {
    try await APIBed.with { (bed) async throws in
      let bad: [(String, String)] = [
        (#"{}"#, "name"), (#"{"name":"x","channels":"y"}"#, "channels"),
        (#"{"name":"x","channels":{"pigeon":{}}}"#, "channels"),
        (#"{"name":"x","channels":["sms"]}"#, "channels"),
        (#"{"name":"x","channels":[{"channel":"sms"},{"channel":"sms"}]}"#, "channels"),
        (#"{"name":"x","channels":{"sms":{"channelId":"y"}}}"#, "channels.sms.channelId"),
        (#"{"name":"x","channels":{"sms":{"isEnabled":"maybe"}}}"#, "channels.sms.isEnabled"),
        (#"{"name":"x","channels":{"email":{"channelId":99}}}"#, "channels.email.channelId"),
        (
          #"{"name":"x","publishUp":"2024-03-02","publishDown":"2024-03-01"}"#, "publishDown"
        ),
      ]
      for (body, member) in bad {
        let answer = try await bed.send("POST", "\(Self.path)/new", body)
        #expect(answer.status == 400, "\(body)")
        #expect(answer.error["details"]?[member] != nil, "\(body): \(answer.text)")
      }
      #expect(try await bed.send("GET", Self.path).json["total"] == 0)
    }
  }

  @Test("Searches by state, category and name")
  func searches() async throws {
    try await APIBed.with { (bed) async throws in
      let category = try await bed.make(
        "/api/categories", #"{"title":"Sale","bundle":"messages"}"#, "category")
      let first = try await bed.make(
        Self.path, #"{"name":"Winter","category":\#(category)}"#, "message")
      let second = try await bed.make(
        Self.path, #"{"name":"Summer","description":"hot","isPublished":false}"#, "message")
      for (search, ids) in [
        ("is:published", [first]), ("is:unpublished", [second]), ("category:sale", [first]),
        ("is:uncategorized", [second]), ("name:winter", [first]), ("hot", [second]),
      ] {
        let answer = try await bed.send("GET", "\(Self.path)?search=\(search)")
        let found = answer.json["messages"]?.elements?.compactMap { $0["id"]?.integer }
        #expect(found == ids, "\(search): \(answer.text)")
      }
    }
  }
}
