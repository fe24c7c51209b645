import Foundation
import Postgres
import Primitives
import Testing

@testable import API

@Suite("Changing contacts, api.md 8.1")
struct ContactEditTests {
  /// Rule 2, quirk 5.
  @Test("CON-07: PATCH and POST write neither nothing nor 0, unless asked to")
  func blanks() async throws {
    try await APIBed.with { bed in
      let id = try await bed.contact(
        #"{"email":"a@x.test","city":"Rome","points":7,"attribution":12.5,"zipcode":"0"}"#)
      let blanks = #""city":"","firstname":null,"points":0,"attribution":0.0,"zipcode":[]"#
      for (method, path) in [("PATCH", "/contacts/\(id)/edit"), ("POST", "/contacts/new")] {
        let answer = try await bed.call(method, path, #"{"email":"a@x.test",\#(blanks)}"#)
        #expect(answer.status == 200)
        #expect(answer.contact.field("city") == "Rome")
        #expect(answer.contact.field("zipcode") == "0")
        #expect(answer.contact["points"] == 7)
        #expect(answer.contact.field("attribution") == 12.5)
        // Nothing changed: nothing was written.
        #expect(answer.contact["dateModified"] == .null)
      }
      #expect(try await bed.text("SELECT count(*)::text FROM contact_changes") == "1")
      let asked = try await bed.call(
        "PATCH", "/contacts/\(id)/edit", #"{\#(blanks),"overwriteWithBlank":1}"#)
      #expect(asked.contact.field("city") == .null)
      #expect(asked.contact.field("zipcode") == .null)
      #expect(asked.contact["points"] == 0)
      #expect(asked.contact.field("attribution") == 0)
    }
  }

  /// Rule 2 and api.md 7: a replacement.
  @Test("PUT resets what is not given, but tags only add")
  func replace() async throws {
    try await APIBed.with { bed in
      try await bed.pool.query(
        "INSERT INTO stages (name, weight, date_added) VALUES ('Lead', 1, now())")
      let id = try await bed.contact(
        #"{"email":"a@x.test","city":"Rome","points":7,"owner":1,"stage":1,"tags":["x"],"company":"Acme"}"#
      )
      let put = try await bed.call(
        "PUT", "/contacts/\(id)/edit", #"{"email":"a@x.test","tags":["y"],"attribution":0}"#)
      #expect(put.status == 200)
      #expect(put.contact["id"] == .int(id))
      #expect(put.contact.field("email") == "a@x.test")
      for alias in ["city", "company"] { #expect(put.contact.field(alias) == .null) }
      #expect(put.contact.field("attribution") == 0)
      #expect(put.contact["points"] == 0)
      #expect(put.contact["owner"] == .null)
      #expect(put.contact["stage"] == .null)
      #expect(put.contact["tags"]?.elements?.map { $0["tag"] } == ["x", "y"])
      #expect(put.contact["dateIdentified"] != .null)
      #expect(try await bed.texts("SELECT delta::text FROM points_log ORDER BY id") == ["7", "-7"])
      #expect(
        try await bed.texts("SELECT coalesce(stage_id::text, '-') FROM stage_log ORDER BY id")
          == ["1", "-"])
      #expect(try await bed.text("SELECT count(*)::text FROM contact_companies") == "0")
    }
  }

  /// Rule 4, quirk 3.
  @Test("PUT of a missing contact creates one under a new id, even beside one with its address")
  func putMissing() async throws {
    try await APIBed.with { bed in
      _ = try await bed.contact(#"{"email":"a@x.test"}"#)
      let put = try await bed.call("PUT", "/contacts/77/edit", #"{"email":"a@x.test"}"#)
      #expect(put.status == 201)
      #expect(put.headers["location"] == "/api/contacts/2")
      #expect(put.contact["id"] == 2)
      #expect(try await bed.call("PATCH", "/contacts/77/edit", #"{"city":"x"}"#).status == 404)
      // From then on it means the one added last (CON-63).
      #expect(try await bed.contact(#"{"email":"A@x.test"}"#) == 2)
    }
  }

  /// Rule 4.
  @Test(
    "CON-72, CON-73, CON-78: the contact with a given address is merged into the edited one",
    arguments: ["PATCH", "PUT"])
  func merges(method: String) async throws {
    try await APIBed.with { bed in
      let id = try await bed.contact(#"{"email":"a@x.test","city":"Rome","points":3,"tags":["x"]}"#)
      let other = try await bed.contact(
        #"{"email":"b@x.test","firstname":"Bea","points":4,"tags":["y"]}"#)
      let edited = try await bed.call(
        method, "/contacts/\(id)/edit", #"{"email":"B@x.test","lastname":"Bird"}"#)
      #expect(edited.status == 200)
      #expect(edited.contact["id"] == .int(id))
      #expect(edited.contact.field("email") == "B@x.test")
      #expect(edited.contact.field("lastname") == "Bird")
      #expect(edited.contact.field("firstname") == (method == "PUT" ? .null : "Bea"))
      #expect(edited.contact["points"] == (method == "PUT" ? 0 : 7))
      #expect(edited.contact["tags"]?.elements?.map { $0["tag"] } == ["x", "y"])
      #expect(try await bed.call("GET", "/contacts/\(other)").status == 404)
      #expect(try await bed.contact(#"{"email":"b@x.test"}"#) == id)
      // Nothing is merged into a missing contact.
      #expect(
        try await bed.call("PATCH", "/contacts/99/edit", #"{"email":"b@x.test"}"#).status == 404)
      #expect(try await bed.read(id).field("email") == "b@x.test")
    }
  }

  /// Quirk 24.
  @Test("A whole contact that was read may be sent back, and changes nothing")
  func roundTrip() async throws {
    try await APIBed.with { bed in
      try await bed.addField("Likes", .multiselect) {
        $0.properties = choices("a", "b")
      }
      let id = try await bed.contact(
        #"""
        {"email":"a@x.test","firstname":"R&R","owner":1,"tags":"vip,new","points":3,"likes":["b","a"],
         "ipAddress":"203.0.113.9","doNotContact":[{"channel":"sms","reason":1,"comments":"no"}],
         "frequencyRules":{"email":{"frequencyNumber":2,"frequencyTime":"WEEK"}},
         "attribution_date":"2024-03-04 05:06:07","lastActive":"2024-05-01T00:00:00+00:00"}
        """#)
      let contact = try await bed.read(id)
      let marks = try await bed.text("SELECT count(*)::text FROM contact_changes")
      #expect(contact.field("likes") == "b|a")
      #expect(contact.field("firstname") == "R&R")
      #expect(contact["lastActive"] == "2024-05-01T00:00:00+00:00")
      #expect(contact["frequencyRules"]?.elements?.first?["frequencyTime"] == "WEEK")
      #expect(contact["ipAddresses"]?["203.0.113.9"] != nil)
      var body = contact.asObject ?? [:]
      for member in contact["fields"]?["all"]?.asObject?.members ?? [] where member.key != "id" {
        body.append(member.key, member.value)
      }
      let text = String(decoding: API.JSONValue.object(body).rendered, as: UTF8.self)
      let answer = try await bed.call("PATCH", "/contacts/\(id)/edit", text)
      #expect(answer.status == 200, "\(answer.text.prefix(500))")
      #expect(answer.contact == contact)
      #expect(try await bed.text("SELECT count(*)::text FROM contact_changes") == marks)
    }
  }

  /// API page, 3; quirk 19.
  @Test("Forms are read with brackets, on PATCH too")
  func forms() async throws {
    try await APIBed.with { bed in
      let id = try await bed.contact(#"{"email":"a@x.test","owner":1}"#)
      let body =
        "firstname=Ann+B&tags%5B%5D=x&tags[]=y&owner=&doNotContact[0][channel]=sms&attribution=1.5"
      let answer = try await bed.server.request(
        "PATCH", "/api/contacts/\(id)/edit",
        headers: ["Content-Type: application/x-www-form-urlencoded"], body: Array(body.utf8))
      #expect(answer.status == 200)
      #expect(answer.contact.field("firstname") == "Ann B")
      #expect(answer.contact.field("attribution") == 1.5)
      #expect(answer.contact["owner"] == .null)
      #expect(answer.contact["tags"]?.elements?.count == 2)
      #expect(answer.contact["doNotContact"]?.elements?.first?["reason"] == 3)
    }
  }

  private static let refusals: [(body: String, field: String)] = [
    (#"{"email":"nobody"}"#, "email"), (#"{"country":"Narnia"}"#, "country"),
    (#"{"timezone":"Mars/Base"}"#, "timezone"),
    (#"{"preferred_locale":"xx_YY"}"#, "preferred_locale"),
    (#"{"website":"ftp://x.test"}"#, "website"), (#"{"attribution":"many"}"#, "attribution"),
    (#"{"attribution_date":"soon"}"#, "attribution_date"), (#"{"points":1.5e300}"#, "points"),
    (#"{"newsletter":"perhaps"}"#, "newsletter"), (#"{"plan":"gold"}"#, "plan"),
    (#"{"firstname":{"a":{"b":1}}}"#, "firstname"), (#"{"owner":99}"#, "owner"),
    (#"{"owner":"x"}"#, "owner"), (#"{"stage":99}"#, "stage"), (#"{"stage":"Nope"}"#, "stage"),
    (#"{"ipAddress":"1.2.3"}"#, "ipAddress"), (#"{"companies":[99]}"#, "companies"),
    (#"{"doNotContact":[{"reason":9}]}"#, "reason"),
    (#"{"doNotContact":[{"channel":"a b"}]}"#, "doNotContact.channel"),
    (
      #"{"frequencyRules":{"email":{"frequencyTime":"EON"}}}"#, "frequencyRules.email.frequencyTime"
    ),
    ("{\"firstname\":\"\(String(repeating: "x", count: 192))\"}", "firstname"),
    ("{\"tags\":[\"\(String(repeating: "x", count: 192))\"]}", "tags"),
    ("{\"phone\":\"\(String(repeating: "1", count: 192))\"}", "phone"),
  ]

  /// Rules 6 and 8; contacts.md 12.
  @Test("Bad values are 400 with details by member, and change nothing (CON-14)")
  func refusals() async throws {
    try await APIBed.with { bed in
      try await bed.addField("Newsletter", .boolean) {
        $0.properties = .object(["yes": .string("Y"), "no": .string("N")])
      }
      try await bed.addField("Plan", .select) {
        $0.properties = choices("pro")
      }
      let id = try await bed.contact(#"{"city":"Rome"}"#)
      let before = try await bed.read(id)
      for (body, field) in Self.refusals {
        let all = body.dropLast() + #","city":"Oslo","tags":["new"]}"#
        for (method, path) in [
          ("POST", "/contacts/new"), ("PATCH", "/contacts/\(id)/edit"),
          ("PUT", "/contacts/\(id)/edit"),
        ] {
          let answer = try await bed.call(method, path, field == "tags" ? body : String(all))
          #expect(answer.status == 400, "\(body): \(answer.text)")
          #expect(answer.error["details"]?[field]?.elements?.isEmpty == false, "\(answer.text)")
          #expect(answer.error["message"]?.text?.hasPrefix("\(field): ") == true)
        }
      }
      #expect(try await bed.read(id) == before)
      #expect(try await bed.text("SELECT count(*)::text FROM contacts") == "1")
      #expect(try await bed.text("SELECT count(*)::text FROM tags") == "0")
      let several = try await bed.call(
        "POST", "/contacts/new", #"{"email":"x","country":"y","city":"z"}"#)
      #expect(several.error["details"]?.asObject?.keys == ["email", "country"])
      // Words for true and false (rule 6).
      for (word, value) in [("yes", 1), ("off", 0), ("1", 1), ("no", 0)] as [(String, Int)] {
        let answer = try await bed.call(
          "PATCH", "/contacts/\(id)/edit", #"{"newsletter":"\#(word)"}"#)
        #expect(answer.contact.field("newsletter") == .int(value))
      }
    }
  }

  @Test("CON-26: a choice that is no longer offered is removed with the next save")
  func lostChoices() async throws {
    try await APIBed.with { bed in
      try await bed.addField("Likes", .multiselect) {
        $0.properties = choices("a", "b")
      }
      let id = try await bed.contact(#"{"likes":["a","b"]}"#)
      try await bed.pool.query(
        "UPDATE fields SET properties = '{\"list\": [{\"label\": \"B\", \"value\": \"b\"}]}' WHERE alias = 'likes'"
      )
      #expect(try await bed.read(id).field("likes") == "a|b")
      let saved = try await bed.call("PATCH", "/contacts/\(id)/edit", #"{"city":"Oslo"}"#)
      #expect(saved.contact.field("likes") == "b")
    }
  }

  /// Quirk 6; the whole of a batch with ids.
  @Test("CON-10: deleted contacts are answered once, and are gone with all related records")
  func delete() async throws {
    try await APIBed.with { bed in
      for name in ["a", "b", "c"] {
        _ = try await bed.contact(
          #"{"email":"\#(name)@x.test","firstname":"\#(name)","tags":["t"]}"#)
      }
      let one = try await bed.call("DELETE", "/contacts/1/delete")
      #expect(one.status == 200)
      #expect(one.contact["id"] == .null)
      #expect(one.contact.field("email") == "a@x.test")
      #expect(one.contact["tags"]?.elements?.count == 1)
      #expect(try await bed.call("GET", "/contacts/1").status == 404)
      #expect(try await bed.call("DELETE", "/contacts/1/delete").status == 404)
      let batch = try await bed.call("DELETE", "/contacts/batch/delete?ids=3,1,2")
      #expect(batch.json["contacts"]?.elements?.map { $0["id"] } == [3, 2])
      #expect(batch.json["errors"] == nil)
      #expect(try await bed.call("GET", "/contacts").text == #"{"total":"0","contacts":{}}"#)
      #expect(try await bed.text("SELECT count(*)::text FROM contact_tags") == "0")
      #expect(
        try await bed.texts(
          "SELECT details ->> 'name' FROM audit_log WHERE action = 'delete' ORDER BY id")
          == ["a", "c", "b"])
      // The address is free again.
      #expect(try await bed.contact(#"{"email":"a@x.test"}"#) == 4)
    }
  }

  @Test("Batches of changes: PATCH, PUT, and unknown ids")
  func batch() async throws {
    try await APIBed.with { bed in
      _ = try await bed.contact(#"{"email":"a@x.test","city":"Rome"}"#)
      let patch = try await bed.call(
        "PATCH", "/contacts/batch/edit",
        #"[{"id":1,"firstname":"A"},{"id":9,"firstname":"B"},{"id":1,"email":"x"}]"#)
      #expect(patch.status == 200)
      #expect(patch.json["statusCodes"] == [200, 404, 400])
      #expect(patch.json["contacts"]?.elements?.count == 1)
      #expect(patch.json["errors"]?.asObject?.keys == ["1", "2"])
      let put = try await bed.call(
        "PUT", "/contacts/batch/edit",
        #"{"0":{"id":"1","firstname":"A"},"1":{"id":9,"firstname":"B"}}"#)
      #expect(put.json["statusCodes"] == [200, 201])
      #expect(put.json["contacts"]?.elements?.map { $0.field("city") } == [.null, .null])
    }
  }
}
