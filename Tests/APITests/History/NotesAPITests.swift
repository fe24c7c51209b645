import Foundation
import Postgres
import Testing

@testable import API

extension APIBed {
  /// Sends a body as JSON.
  func send(
    _ method: String, _ path: String, _ body: String, as user: String = "admin",
    headers: [String] = []
  ) async throws -> RawResponse {
    try await server.request(
      method, path, as: user, headers: ["Content-Type: application/json"] + headers,
      body: Array(body.utf8))
  }

  /// Contacts with these ids and only a first name, `C` and the id.
  func insertContacts(_ ids: ClosedRange<Int64>) async throws {
    try await pool.query(
      """
      INSERT INTO contacts (id, date_added, date_identified, firstname)
      SELECT id, '2024-03-01Z', '2024-03-01Z', 'C' || id
      FROM generate_series(\(ids.lowerBound), \(ids.upperBound)) AS id
      """)
  }
}

@Suite("/api/notes and /api/devices")
struct NotesAPITests {
  /// api.md 8.8: members, defaults, and the contact as a note shows it.
  @Test func writesAndReadsNotes() async throws {
    try await APIBed.with { bed in
      try await bed.insertContacts(1...2)
      let made = try await bed.send(
        "POST", "/api/notes/new", #"{"lead": 1, "text": "<b>Hi</b><script>x</script>"}"#)
      #expect(made.status == 201)
      let note = made.json["note"]
      #expect(made.headers["location"] == "/api/notes/\(note?["id"]?.integer ?? 0)")
      #expect(note?["text"] == "<b>Hi</b>" && note?["type"] == "general")
      #expect(note?["dateTime"] == .null)
      #expect(note?["lead"]?["id"] == 1 && note?["lead"]?["fields"]?["all"]?["firstname"] == "C1")
      #expect(note?["lead"]?.asObject?.keys == ["id", "points", "color", "fields"])

      let changed = try await bed.send(
        "PATCH", "/api/notes/1/edit", #"{"type": "call", "dateTime": "2024-03-02 10:00"}"#)
      #expect(changed.status == 200)
      #expect(changed.json["note"]?["dateTime"] == "2024-03-02T10:00:00+00:00")
      #expect(changed.json["note"]?["text"] == "<b>Hi</b>")
      // A whole entity that was read before may be sent back.
      let back = try await bed.send(
        "PUT", "/api/notes/1/edit", #"{"text": "new", "lead": {"id": 2, "points": 0}}"#)
      #expect(back.json["note"]?["lead"]?["id"] == 2 && back.json["note"]?["type"] == "general")
      let created = try await bed.send(
        "PUT", "/api/notes/77/edit", #"{"text": "put", "lead": "2"}"#)
      #expect(created.status == 201 && created.json["note"]?["id"] == 2)
      #expect(try await bed.send("PATCH", "/api/notes/77/edit", "{}").status == 404)

      let list = try await bed.server.request("GET", "/api/notes?search=type:general%20put").json
      #expect(list["total"] == 1 && list["notes"]?.elements?.first?["id"] == 2)
      let gone = try await bed.server.request("DELETE", "/api/notes/2/delete")
      #expect(gone.json["note"]?["id"] == .null && gone.json["note"]?["text"] == "put")
    }
  }

  @Test("CON-58: a refusal names the member and changes nothing")
  func refusesBadNotes() async throws {
    try await APIBed.with { bed in
      try await bed.insertContacts(1...1)
      for (body, member) in [
        (#"{"text": "x"}"#, "lead"), (#"{"lead": 9, "text": "x"}"#, "lead"),
        (#"{"lead": "x", "text": "x"}"#, "lead"), (#"{"lead": 1}"#, "text"),
        (#"{"lead": 1, "text": "x", "type": "fax"}"#, "type"),
        (#"{"lead": 1, "text": "x", "dateTime": "soon"}"#, "dateTime"),
      ] {
        let answer = try await bed.send("POST", "/api/notes/new", body)
        #expect(answer.status == 400)
        #expect(answer.error["details"]?.asObject?.keys == [member], "\(answer.text)")
      }
      let batch = try await bed.send(
        "POST", "/api/notes/batch/new", #"[{"lead": 1, "text": "a"}, {"lead": 2, "text": "b"}]"#)
      #expect(batch.status == 201 && batch.json["statusCodes"] == [201, 400])
      #expect(try await bed.server.request("GET", "/api/notes").json["total"] == 1)
    }
  }

  /// api.md 8.2 and 8.9: devices and notes of one contact, newest first, with totals that are numbers.
  @Test func listsWhatBelongsToAContact() async throws {
    try await APIBed.with { bed in
      try await bed.insertContacts(1...2)
      for contact in [1, 2, 1] {
        let device = try await bed.send(
          "POST", "/api/devices/new",
          #"{"contact": \#(contact), "device": "desktop", "deviceOsName": "Linux", "clientInfo": []}"#
        )
        #expect(device.status == 201)
        #expect(
          device.json["device"]?["clientInfo"] == []
            && device.json["device"]?["deviceBrand"] == .null)
        let note = #"{"lead": \#(contact), "text": "n"}"#
        #expect(try await bed.send("POST", "/api/notes/new", note).status == 201)
      }
      for path in ["devices", "notes"] {
        let page = try await bed.server.request("GET", "/api/contacts/1/\(path)?limit=1").json
        #expect(page["total"] == 2)
        #expect(page[path]?.elements?.map { $0["id"] } == [3])
        #expect(try await bed.server.request("GET", "/api/contacts/7/\(path)").status == 404)
      }
      let bad = try await bed.send("PATCH", "/api/devices/1/edit", #"{"device": "toaster"}"#)
      #expect(bad.status == 400 && bad.error["details"]?["device"] != nil)
      let nul = try await bed.send(
        "PATCH", "/api/devices/1/edit", #"{"clientInfo": {"name": "\u0000"}}"#)
      #expect(nul.status == 400 && nul.error["details"]?["clientInfo.name"] != nil)
      #expect(
        try await bed.send("POST", "/api/devices/new", #"{"device": "tv"}"#).error["details"]?[
          "lead"]
          != nil)
      let changed = try await bed.send("PATCH", "/api/devices/1/edit", #"{"deviceBrand": "Acme"}"#)
      #expect(changed.json["device"]?["device"] == "desktop")
      let replaced = try await bed.send("PUT", "/api/devices/1/edit", #"{"device": "tv"}"#)
      #expect(replaced.json["device"]?["deviceBrand"] == .null)
      let found = try await bed.server.request(
        "GET", "/api/devices?where[0][col]=device&where[0][expr]=eq&where[0][val]=tv")
      #expect(found.json["total"] == 1)
    }
  }
}
