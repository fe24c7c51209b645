import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing

@testable import API

/// A job without a handler.
private struct Idle: DurableJob {
  static let name = "test.idle"
  static let queue = "tests"
  static let version = 1
  static let options = JobOptions()
}

/// A job that leaves a history.
private struct Kept: DurableJob {
  static let name = "test.kept"
  static let queue = "tests"
  static let options = JobOptions(maxAttempts: 3, keep: .seconds(60))

  var word = "said"
}

@Suite("/api/jobs, /api/queues, /api/workers, /api/health")
struct OperationsAPITests {
  @Test("Jobs: list, cursor, one, cancel, and owners")
  func jobs() async throws {
    try await APIBed.with { bed in
      var options = EnqueueOptions()
      options.createdBy = 2
      options.object = JobSubject(type: "import", id: 7)
      let mine = try #require(try await bed.jobs.enqueue(Idle(), options))
      for _ in 0..<2 { try await bed.jobs.enqueue(Idle()) }

      let page = try await bed.server.request("GET", "/api/jobs?limit=2&queue=tests").json
      #expect(page["total"] == 3)
      #expect(page["jobs"]?.elements?.count == 2)
      let cursor = try #require(page["nextCursor"]?.text)
      let rest = try await bed.server.request("GET", "/api/jobs?limit=2&cursor=\(cursor)").json
      #expect(rest["total"] == 3)
      #expect(rest["jobs"]?.elements?.first?["id"] == .string(mine.description))
      #expect(rest["nextCursor"] == .null)

      let one = try await bed.server.request("GET", "/api/jobs/\(mine)", as: "kim")
      #expect(one.headers["retry-after"] == "2")
      #expect(
        one.json["job"]?.asObject?.keys == [
          "id", "type", "queue", "state", "object", "objectId", "priority", "attempts",
          "maxAttempts", "progress", "result", "error", "dedupeKey", "createdBy", "dateAdded",
          "dateAvailable", "dateStarted", "dateEnded", "links",
        ])
      #expect(one.json["job"]?["state"] == "queued")
      #expect(one.json["job"]?["links"]?["import"] == "/api/imports/7")
      #expect(try await bed.server.request("GET", "/api/jobs", as: "kim").json["total"] == 1)
      let other = try #require(page["jobs"]?.elements?.first?["id"]?.text)
      #expect(try await bed.server.request("GET", "/api/jobs/\(other)", as: "kim").status == 404)

      #expect(try await bed.server.request("POST", "/api/jobs/\(mine)/retry").status == 409)
      let cancelled = try await bed.server.request("POST", "/api/jobs/\(mine)/cancel", as: "kim")
      #expect(cancelled.status == 200)
      #expect(cancelled.json["job"]?["state"] == "cancelled")
      #expect(try await bed.server.request("GET", "/api/jobs?state=bad").status == 400)
      #expect(try await bed.server.request("GET", "/api/jobs/xyz").status == 404)
    }
  }

  @Test("A request may wait for its job to end")
  func wait() async throws {
    try await APIBed.with { bed in
      let id = try #require(try await bed.jobs.enqueue(Idle()))
      let start = ContinuousClock.now
      let waited = try await bed.server.request("GET", "/api/jobs/\(id)?wait=1")
      #expect(waited.json["job"]?["state"] == "queued")
      #expect(ContinuousClock.now - start >= .seconds(1))
    }
  }

  @Test("Queues are for administrators only")
  func queues() async throws {
    try await APIBed.with { bed in
      try await bed.jobs.enqueue(Idle())
      for path in ["/api/queues", "/api/queues/tests", "/api/workers"] {
        #expect(try await bed.server.request("GET", path, as: "kim").status == 403)
      }
      let queues = try await bed.server.request("GET", "/api/queues").json
      let queue = queues["queues"]?.elements?.first { $0["name"] == "tests" }
      #expect(queue?["depth"] == 1)
      #expect(queue?["paused"] == false)
      #expect(try await bed.server.request("GET", "/api/queues/nothing").status == 404)
      let paused = try await bed.server.request("POST", "/api/queues/tests/pause")
      #expect(paused.text == #"{"success":1}"#)
      let one = try await bed.server.request("GET", "/api/queues/tests").json["queue"]
      #expect(one?["paused"] == true)
      #expect(one?["types"]?["test.idle"]?["queued"] == 1)
      #expect(try await bed.server.request("POST", "/api/queues/tests/resume").status == 200)
    }
  }

  @Test("Dead jobs can be seen, retried and deleted")
  func dead() async throws {
    try await APIBed.with { bed in
      let ids = try await bed.jobs.enqueue([Idle(), Idle(), Idle()])
      try await bed.pool.query("UPDATE jobs SET state = 2, last_error = 'no luck'")
      let dead = try await bed.server.request("GET", "/api/queues/tests/dead").json
      #expect(dead["total"] == 3)
      #expect(dead["jobs"]?.elements?.first?["error"]?["message"] == "no luck")
      let path = "/api/queues/tests/dead"
      let json = ["Content-Type: application/json"]
      #expect(try await bed.server.request("POST", path + "/retry").status == 400)
      // Repeated with the same key, it is answered again and not done again.
      for _ in 0..<2 {
        let one = try await bed.server.request(
          "POST", path + "/retry", headers: json + ["Idempotency-Key: again"],
          body: Array(#"{"ids":["\#(ids[0])"]}"#.utf8))
        #expect(one.text == #"{"success":1,"retried":1}"#)
      }
      let deleted = try await bed.server.request(
        "DELETE", path + "/delete", headers: json, body: Array(#"{"all":true}"#.utf8))
      #expect(deleted.text == #"{"success":1,"deleted":2}"#)
    }
  }

  @Test("A job that was given up is retried unchanged (API page, 11.4)")
  func failed() async throws {
    try await APIBed.with { bed in
      let options = EnqueueOptions(
        group: "one", groupWeight: 8, uniqueKey: "key", object: JobSubject(type: "thing", id: 5),
        createdBy: 2)
      let id = try #require(try await bed.jobs.enqueue(Kept(), options))
      let made = try await bed.server.request("GET", "/api/jobs/\(id)").json["job"]
      #expect(made?["priority"] == 64)
      let row: SQL = "SELECT row_to_json(j)::text FROM (SELECT * FROM jobs) AS j"
      let before: String? = try await bed.pool.query(row).first?.decode(at: 0)
      try await bed.pool.query("UPDATE jobs SET state = 2, attempt = 3")
      _ = try await bed.server.request("DELETE", "/api/queues/tests/dead/delete?all=1")
      let failed = try await bed.server.request("GET", "/api/jobs/\(id)").json["job"]
      #expect(failed?["state"] == "failed" && failed?["priority"] == 64)
      let retried = try await bed.server.request("POST", "/api/jobs/\(id)/retry", as: "kim")
      #expect(retried.status == 200, "\(retried.text)")
      #expect(retried.json["job"]?["state"] == "queued" && retried.json["job"]?["attempts"] == 0)
      #expect(try await bed.pool.query(row).first?.decode(at: 0) == before)
      #expect(try await bed.jobs.queue("tests")?.depth == 1)
      #expect(try await bed.server.request("POST", "/api/jobs/\(id)/retry").status == 409)
    }
  }

  @Test("Health is open to anyone; the user is told who it is")
  func health() async throws {
    try await APIBed.with { bed in
      let health = try await bed.server.request("GET", "/api/health", as: nil)
      #expect(health.status == 200)
      #expect(health.json["database"] == "ok")
      #expect(health.json["redis"] == "ok")
      #expect(try await bed.server.request("GET", "/api/health/live", as: nil).status == 200)
      let user = try await bed.server.request("GET", "/api/users/self", as: "ADMIN").json
      #expect(user["username"] == "admin")
      #expect(user["role"]?["isAdmin"] == true)
      let address = try await bed.server.request("GET", "/api/users/self", as: "ada@example.com")
      #expect(address.json["id"] == 1)
    }
  }
}
