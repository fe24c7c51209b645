import Contacts
import Foundation
import Postgres
import TestSupport
import Testing

@testable import API

@Suite("Creating contacts, api.md 8.1")
struct ContactCreateTests {
  /// Quirk 11: whole at once, with all that belongs to it.
  @Test("A new contact is there at once, audited and marked for segments (CON-02, CON-12)")
  func create() async throws {
    try await APIBed.with { bed in
      let response = try await bed.call(
        "POST", "/contacts/new",
        #"{"firstname":" Kim ","email":"kim@example.com","country":"austria","nothing":[{"x":1}]}"#)
      #expect(response.status == 201)
      #expect(response.headers["location"] == "/api/contacts/1")
      let contact = response.contact
      #expect(contact["id"] == 1)
      #expect(contact["createdBy"] == 1)
      #expect(contact["createdByUser"] == "Ada Admin")
      #expect(contact["dateModified"] == .null)
      #expect(contact["dateIdentified"] == contact["dateAdded"])
      #expect(contact["points"] == 0)
      #expect(contact.field("firstname") == "Kim")
      #expect(contact.field("country") == "Austria")
      #expect(try await bed.read(1) == contact)
      let list = try await bed.call("GET", "/contacts?search=ids:1")
      #expect(list.json["total"] == "1")
      #expect(list.json["contacts"]?["1"] == contact)
      #expect(
        try await bed.texts(
          "SELECT action || ' ' || user_name FROM audit_log WHERE object = 'lead' ORDER BY id")
          == ["create Ada Admin", "identified Ada Admin"])
      #expect(
        try await bed.text(
          "SELECT details #>> '{fields,email}' FROM audit_log WHERE object = 'lead' AND action = 'create'"
        )
          == #"[null, "kim@example.com"]"#)
      #expect(
        try await bed.text(
          "SELECT details ->> 'source' FROM audit_log WHERE object = 'lead' ORDER BY id") == "api")
      #expect(
        try await bed.text("SELECT contact_ids::text || topics::text FROM contact_changes")
          == "{1}{created}")
    }
  }

  /// Rule 9, contacts.md 13, 1 and 2.
  @Test(
    "CON-01, CON-02: without a name or address a contact is anonymous; once known it stays known")
  func anonymous() async throws {
    try await APIBed.with { bed in
      let id = try await bed.contact(#"{"city":"Vienna"}"#)
      #expect(try await bed.read(id)["dateIdentified"] == .null)
      let known = try await bed.call("PATCH", "/contacts/\(id)/edit", #"{"twitter":"@kim"}"#)
      #expect(known.contact["dateIdentified"] != .null)
      #expect(
        try await bed.texts("SELECT action FROM audit_log WHERE object = 'lead' ORDER BY id")
          == ["create", "update", "identified"])
      let cleared = try await bed.call(
        "PATCH", "/contacts/\(id)/edit", #"{"twitter":"","overwriteWithBlank":true}"#)
      #expect(cleared.contact.field("twitter") == .null)
      #expect(cleared.contact["dateIdentified"] == known.contact["dateIdentified"])
    }
  }

  /// Rule 1, quirk 4.
  @Test("CON-62: a known e-mail address, in whatever case, is an update, answered by 200")
  func upsert() async throws {
    try await APIBed.with { bed in
      let id = try await bed.contact(#"{"email":"Ann@x.test","city":"Rome","points":5}"#)
      let again = try await bed.call(
        "POST", "/contacts/new", #"{"email":" ann@X.test ","firstname":"Ann","city":""}"#)
      #expect(again.status == 200)
      #expect(again.headers["location"] == nil)
      #expect(again.contact["id"] == .int(id))
      #expect(again.contact.field("city") == "Rome")
      #expect(again.contact.field("email") == "ann@X.test")
      #expect(again.contact["points"] == 5)
      #expect(again.contact["modifiedByUser"] == "Ada Admin")

      let batch = try await bed.call(
        "POST", "/contacts/batch/new",
        #"[{"email":"ANN@x.test"},{"email":"bob@x.test"},{"email":"b@"},{"email":"bob@x.test"}]"#)
      #expect(batch.status == 201)
      #expect(batch.json["statusCodes"] == [200, 201, 400, 200])
      #expect(batch.json["contacts"]?.elements?.map { $0["id"] } == [1, 2, 2])
      #expect(batch.json["errors"]?["2"]?["details"]?["email"] != nil)
      #expect(try await bed.call("GET", "/contacts").json["total"] == "2")
    }
  }

  @Test("Any number of concurrent creations of one address make one contact")
  func race() async throws {
    try await APIBed.with { bed in
      let answers = try await withThrowingTaskGroup(of: (Int, Int?).self) { group in
        for number in 1...24 {
          group.addTask {
            let answer = try await bed.call(
              "POST", "/contacts/new",
              #"{"email":"same@x.test","firstname":"Name \#(number)","tags":["t\#(number % 3)"]}"#)
            return (answer.status, answer.contact["id"]?.integer)
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      #expect(answers.count { $0.0 == 201 } == 1)
      #expect(answers.count { $0.0 == 200 } == 23)
      #expect(Set(answers.map(\.1)).count == 1)
      #expect(try await bed.text("SELECT count(*)::text FROM contacts") == "1")
      #expect(try await bed.texts("SELECT tag FROM tags ORDER BY tag") == ["t0", "t1", "t2"])
    }
  }

  /// An address that two share is in no unique index.
  @Test("CON-60: with several identifiers, too, concurrent creations of the same contact make one")
  func sharedRace() async throws {
    try await APIBed.with { bed in
      try await bed.addField("Code", .text) { $0.isUniqueIdentifier = true }
      _ = try await bed.contact(#"{"email":"a@x.test","code":"1"}"#)
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 1...12 {
          group.addTask { _ = try await bed.contact(#"{"email":"a@x.test","code":"2"}"#) }
        }
        try await group.waitForAll()
      }
      #expect(try await bed.texts("SELECT code FROM contacts ORDER BY id") == ["1", "2"])
    }
  }

  /// Rule 3.
  @Test("CON-06: POST and PUT fill in defaults, PATCH does not")
  func defaults() async throws {
    try await APIBed.with { bed in
      let id = try await bed.contact(#"{"email":"a@x.test"}"#)
      try await bed.addField("Plan", .text) { $0.defaultValue = "free" }
      #expect(try await bed.read(id).field("plan") == .null)
      let patched = try await bed.call("PATCH", "/contacts/\(id)/edit", #"{"city":"Oslo"}"#)
      #expect(patched.contact.field("plan") == .null)
      let posted = try await bed.call("POST", "/contacts/new", #"{"email":"a@x.test"}"#)
      #expect(posted.contact.field("plan") == "free")
      #expect(try await bed.read(try await bed.contact(#"{"plan":""}"#)).field("plan") == "free")
      #expect(try await bed.read(try await bed.contact(#"{"plan":"pro"}"#)).field("plan") == "pro")
      // A value of its own is not overwritten, but a replacement begins anew.
      let own = #"{"email":"a@x.test","plan":"pro"}"#
      #expect(try await bed.call("POST", "/contacts/new", own).contact.field("plan") == "pro")
      #expect(
        try await bed.call("POST", "/contacts/new", #"{"email":"a@x.test"}"#).contact.field("plan")
          == "pro")
      let put = try await bed.call("PUT", "/contacts/\(id)/edit", #"{"email":"a@x.test"}"#)
      #expect(put.contact.field("plan") == "free")
    }
  }

  @Test(
    "CON-60, CON-61, CON-63: with AND all given identifiers must agree, with OR one",
    arguments: [false, true])
  func identifiers(matchesAny: Bool) async throws {
    var settings = ContactSettings()
    settings.matchesAnyIdentifier = matchesAny
    try await APIBed.with(contactSettings: settings) { bed in
      try await bed.addField("Code", .text) { $0.isUniqueIdentifier = true }
      func post(_ body: String) async throws -> Int? {
        let answer = try await bed.call("POST", "/contacts/new", body)
        return answer.status == 201 ? nil : answer.contact["id"]?.integer
      }
      #expect(try await post(#"{"email":"a@x.test","code":"1"}"#) == nil)
      #expect(try await post(#"{"email":"b@x.test","code":"2"}"#) == nil)
      #expect(try await post(#"{"email":"a@x.test"}"#) == 1)
      #expect(try await post(#"{"code":"2"}"#) == 2)
      #expect(try await post(#"{"email":"b@x.test","code":"2"}"#) == 2)
      // The address of one and the code of the other: no contact, or the one added last.
      #expect(try await post(#"{"email":"a@x.test","code":"2"}"#) == (matchesAny ? 2 : nil))
      #expect(try await post(#"{"email":"c@x.test","code":"1"}"#) == (matchesAny ? 1 : nil))
      let emails = try await bed.texts("SELECT email FROM contacts ORDER BY id")
      #expect(
        emails
          == (matchesAny
            ? ["c@x.test", "a@x.test"] : ["a@x.test", "b@x.test", "a@x.test", "c@x.test"]))
      #expect(try await post(#"{"firstname":"Nobody"}"#) == nil)
    }
  }

  /// API page, 11.1.
  @Test("An idempotency key makes one contact of two requests")
  func idempotency() async throws {
    try await APIBed.with { bed in
      for expected in [nil, "true"] {
        let answer = try await bed.call(
          "POST", "/contacts/new", #"{"city":"Bern"}"#, headers: ["Idempotency-Key: k1"])
        #expect(answer.status == 201)
        #expect(answer.contact["id"] == 1)
        #expect(answer.headers["idempotency-replayed"] == expected)
      }
      #expect(try await bed.text("SELECT count(*)::text FROM contacts") == "1")
    }
  }
}
