import Postgres
import Testing

@testable import API

@Suite("/api/contacts/bulk")
struct BulkAPITests {
  /// api.md 11.6: 202 with the job and where to look for it; its effect is seen when it has ended.
  @Test func queuesAJob() async throws {
    try await APIBed.with(withWorker: true) { bed in
      try await bed.insertContacts(1...3)
      let answer = try await bed.send(
        "POST", "/api/contacts/bulk",
        #"{"action": "tags", "search": "firstname:C", "ids": [1, 2], "add": ["vip"]}"#)
      #expect(answer.status == 202, "\(answer.text)")
      let id = answer.json["job"]?["id"]?.text ?? ""
      #expect(answer.json["job"]?["type"] == "contacts.bulk")
      #expect(answer.headers["location"] == "/api/jobs/\(id)")
      let job = try await bed.server.request("GET", "/api/jobs/\(id)?wait=30").json["job"]
      #expect(job?["state"] == "succeeded")
      let counts = ["matched", "changed", "skipped", "failed"].map { job?["result"]?[$0] }
      #expect(counts == [2, 2, 0, 0])
      let tagged = try await bed.server.request("GET", "/api/contacts?search=tag:vip").json
      #expect(tagged["total"] == "2")
    }
  }

  /// A dry run only counts; a bad request is 400 under the member's name.
  @Test func countsAndRefuses() async throws {
    try await APIBed.with { bed in
      try await bed.insertContacts(1...3)
      let dry = try await bed.send(
        "POST", "/api/contacts/bulk",
        #"{"action": "delete", "where": [{"col": "firstname", "expr": "eq", "val": "C2"}], "dryRun": true}"#
      )
      #expect(dry.status == 200 && dry.json == ["matched": 1])
      for (body, member) in [
        (#"{"action": "fly", "ids": [1]}"#, "action"), (#"{"action": "delete"}"#, "ids"),
        (#"{"action": "delete", "ids": ["x"]}"#, "ids"),
        (#"{"action": "delete", "search": " ", "where": []}"#, "ids"),
        (#"{"action": "delete", "search": "email:", "where": {}}"#, "search"),
        (#"{"action": "delete", "search": {"a": "b"}}"#, "search"),
        (#"{"action": "delete", "search": ["x"], "dryRun": true}"#, "search"),
        (#"{"action": "dnc", "ids": [1], "reason": "x"}"#, "reason"),
        (#"{"action": "tags", "segment": "x", "add": "y"}"#, "segment"),
        (#"{"action": "delete", "where": [{"col": "nope", "expr": "eq"}]}"#, "where"),
        (
          #"{"action": "delete", "ids": "\#((1...101).map(String.init).joined(separator: ","))"}"#,
          "ids"
        ),
      ] {
        let answer = try await bed.send("POST", "/api/contacts/bulk", body)
        #expect(answer.status == 400)
        #expect(answer.error["details"]?.asObject?.keys == [member], "\(answer.text)")
      }
      #expect(try await bed.server.request("GET", "/api/contacts").json["total"] == "3")
    }
  }
}
