import Foundation
import JobQueue
import TestSupport
import Testing

@testable import API

/// A job without a handler.
private struct Later: DurableJob {
  static let name = "test.later"
  static let queue = "tests"
  static let options = JobOptions()
}

@Suite("What operators look at: schedule, dead set, periodic jobs, servers, doctor")
struct OperatorsAPITests {
  @Test("Only administrators see it")
  func permission() async throws {
    try await APIBed.with { (bed) async throws in
      for path in [
        "jobs/scheduled", "jobs/dead", "jobs/figures", "campaigns/schedule", "periodic", "servers",
        "doctor",
      ] {
        let refused = try await bed.server.request("GET", "/api/\(path)", as: "kim")
        #expect(refused.status == 403, "\(path)")
        let answer = try await bed.server.request("GET", "/api/\(path)")
        #expect(answer.status == 200, "\(path)")
      }
    }
  }

  @Test("Scheduled jobs are listed by the time at which they are due, and can be run at once")
  func scheduled() async throws {
    try await APIBed.with { (bed) async throws in
      for seconds in [7200.0, 90] {
        var options = EnqueueOptions()
        options.runAt = Date().addingTimeInterval(seconds)
        try await bed.jobs.enqueue(Later(), options)
      }
      let answer = try await bed.server.request("GET", "/api/jobs/scheduled?queue=tests").json
      #expect(answer["total"] == 2 && answer["later"] == 1)
      #expect(answer["due"]?.elements?.prefix(3).map(\.integer) == [0, 1, 0])
      let first = try #require(answer["jobs"]?.elements?.first)
      #expect(first["type"] == "test.later" && first["isRetry"] == false)

      let path = "/api/jobs/\(first["id"]?.text ?? "")/run"
      #expect(try await bed.server.request("POST", path, as: "kim").status == 403)
      #expect(try await bed.server.request("POST", path).status == 200)
      #expect(try await bed.server.request("POST", path).status == 409)
      let left = try await bed.server.request("GET", "/api/jobs/scheduled").json
      #expect(left["total"] == 1)
      #expect(try await bed.jobs.queue("tests")?.depth == 1)
      #expect(try await bed.server.request("GET", "/api/jobs/scheduled?queue=none").status == 404)
    }
  }

  @Test("Dead jobs with the same error but for its numbers are one group, whose jobs can be named")
  func deadGroups() async throws {
    try await APIBed.with { (bed) async throws in
      let ids = try await bed.jobs.enqueue([Later(), Later(), Later()])
      for (number, id) in ids.enumerated() {
        let error = number < 2 ? "no answer within \(number + 5) s" : "refused"
        try await bed.pool.query(
          """
          UPDATE jobs SET state = 2, last_error = \(error), last_error_at = now()
          WHERE id = \(id.description)::uuid
          """)
      }
      let answer = try await bed.server.request("GET", "/api/jobs/dead").json
      #expect(answer["total"] == 3)
      let group = answer["groups"]?.elements?.first
      #expect(group?["count"] == 2 && group?["errorGroup"] == "no answer within # s")
      let matching = try await bed.server.request(
        "GET", "/api/jobs?state=dead&errorGroup=no%20answer%20within%20%23%20s"
      ).json
      #expect(matching["total"] == 2)
    }
  }

  @Test("Periodic jobs tell when they are next, and can be run beside their schedule")
  func periodic() async throws {
    try await APIBed.with { (bed) async throws in
      let job = try await bed.server.request("GET", "/api/periodic").json["periodic"]?.elements?[0]
      #expect(job?["name"] == "test.hourly" && job?["everySeconds"] == 3600)
      #expect(job?["dateNext"] != .null && job?["onTime"] == true)
      let path = "/api/periodic/test.hourly/run"
      #expect(try await bed.server.request("POST", path).status == 200)
      #expect(try await bed.jobs.queue("tests")?.depth == 1)
      #expect(try await bed.server.request("POST", "/api/periodic/none/run").status == 404)
    }
  }

  @Test("The doctor's findings, and the figures of both servers")
  func health() async throws {
    try await APIBed.with { (bed) async throws in
      let doctor = try await bed.server.request("GET", "/api/doctor?fresh=1").json
      #expect(doctor["warnings"] == 1 && doctor["failures"] == 0)
      #expect(doctor["findings"]?.elements?.last?["mend"] == "start one")
      let servers = try await bed.server.request("GET", "/api/servers").json
      #expect((servers["postgres"]?["databaseBytes"]?.integer ?? 0) > 0)
      #expect(servers["postgres"]?["tables"]?.elements?.isEmpty == false)
      #expect((servers["redis"]?["memoryBytes"]?.integer ?? 0) > 0)
      #expect(servers["clocks"]?.elements?.first?["aheadSeconds"] == 1)
    }
  }

  @Test("Figures are of an hour or a day")
  func figures() async throws {
    try await APIBed.with { (bed) async throws in
      let hour = try await bed.server.request("GET", "/api/jobs/figures").json
      #expect(hour["step"] == 60 && hour["types"]?.elements?.isEmpty == true)
      let day = try await bed.server.request("GET", "/api/jobs/figures?span=day").json
      #expect(day["step"] == 600)
      #expect(try await bed.server.request("GET", "/api/jobs/figures?span=year").status == 400)
    }
  }

  @Test("Replicas of Redis are read from its lines")
  func replicas() {
    let replicas = ServerRoutes.replicas([
      "slave0": "ip=10.0.0.2,port=6379,state=online,offset=42,lag=1", "slave_read_only": "1",
    ])
    #expect(
      replicas == [["name": "10.0.0.2:6379", "state": "online", "secondsBehind": 1]])
  }
}
