import Foundation
import JobQueue
import Logging
import TestSupport
import Testing

/// A job without a handler.
private struct Idle: DurableJob {
  static let name = "test.idle"
  static let queue = "testing"
  var number: Int
}

@Suite struct QueueCommandTests {
  private struct Job: Decodable {
    let id: JobID
    let type: String
    let state: String
  }

  private func client(_ bench: Workbench) -> JobClient {
    JobClient(
      redis: bench.redis.connection, postgres: bench.database.pool, prefix: bench.redis.prefix,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
  }

  @Test func jobsAreListedShownAndCancelled() async throws {
    try await Workbench.with { bench in
      let client = client(bench)
      let id = try #require(try await client.enqueue(Idle(number: 1)))
      let list = try await bench.martlet("jobs", "list", "--queue", "testing", "--json")
      #expect(try list.json([Job].self).map(\.id) == [id])
      #expect(try await bench.martlet("jobs").output.contains("test.idle"))

      let shown = try await bench.martlet("jobs", "show", id.description, "--json")
      #expect(try shown.json(Job.self).type == "test.idle")
      let unknown = try await bench.martlet("jobs", "show", JobID().description)
      #expect(unknown.status == 1 && unknown.errors.contains("no job"))

      let live = try await bench.martlet("jobs", "retry", id.description)
      #expect(live.status == 1, "a job that is not dead is not retried")
      #expect(try await bench.martlet("jobs", "cancel", id.description).status == 0)
      #expect(try await bench.martlet("jobs", "list", "--json").json([Job].self).isEmpty)
    }
  }

  @Test func queuesArePausedAndResumed() async throws {
    try await Workbench.with { bench in
      let client = client(bench)
      _ = try await client.enqueue((1...3).map(Idle.init(number:)))
      #expect(try await bench.martlet("queues", "pause", "testing").status == 0)
      let paused = try await bench.martlet("queues", "--json").json([QueueStatus].self)
      #expect(paused.map(\.name) == ["testing"])
      #expect(paused.first?.isPaused == true && paused.first?.depth == 3)
      #expect(try await bench.martlet("queues", "resume", "testing").status == 0)
      let open = try await bench.martlet("queues", "--json").json([QueueStatus].self)
      #expect(open.first?.isPaused == false)
      #expect(try await bench.martlet("queues").output.contains("testing"))
    }
  }

  @Test func waitingForIdlenessEndsOrTimesOut() async throws {
    try await Workbench.with { bench in
      #expect(try await bench.martlet("wait", "--idle", "--timeout", "30").status == 0)
      _ = try await client(bench).enqueue(Idle(number: 1))
      let busy = try await bench.martlet("wait", "--idle", "--timeout", "0.2")
      #expect(busy.status == 1 && busy.errors.contains("queue testing: 1 ready"))
    }
  }

  @Test func theTestClockMakesScheduledJobsDue() async throws {
    try await Workbench.with { bench in
      let moved = bench.environment.merging(["MARTLET_TEST_CLOCK": "1"]) { $1 }
      let client = client(bench)
      _ = try await client.enqueue(
        Idle(number: 1), EnqueueOptions(runAt: Date().addingTimeInterval(3600)))
      // The scheduler's own jobs are in other queues.
      func status() async throws -> QueueStatus? {
        try await bench.martlet("queues", "--json").json([QueueStatus].self)
          .first { $0.name == "testing" }
      }
      let waiting = try await status()
      #expect(waiting?.scheduled == 1 && waiting?.depth == 0)
      #expect(try await bench.martlet("wait", "--idle", "--timeout", "30").status == 0)
      let scheduler = try RunningProcess("martlet-scheduler", moved)

      #expect(try await bench.martlet("clock", "advance", "2h").status == 0)
      let due = try await eventually(within: .seconds(30)) { try await status()?.depth == 1 }
      #expect(due, "\(scheduler.child.output)")
    }
  }

  @Test func waitingSaysWhatIsBehind() async throws {
    try await Workbench.with { bench in
      // Work in the tables that no job knows, and nobody who looks for it.
      try await bench.database.pool.query(
        """
        INSERT INTO contacts (date_added) VALUES (now());
        """)
      try await bench.database.pool.query(
        "INSERT INTO contact_changes (contact_ids, topics, at) VALUES ('{1}', '{created}', now())")
      try await bench.database.pool.query(
        "INSERT INTO periodic_jobs VALUES ('segments.look', now() + interval '2 days')")
      let behind = try await bench.martlet("wait", "--idle", "--timeout", "0.2")
      #expect(behind.status == 1)
      #expect(behind.errors.contains("changes of contacts wait"))
      #expect(behind.errors.contains("segments.look has run"))
    }
  }

  @Test func aWrongSlotIsShownAndTakenBack() async throws {
    try await Workbench.with { bench in
      try await bench.database.pool.query(
        "INSERT INTO periodic_jobs VALUES ('campaigns.look', now() + interval '2 days')")
      let doctor = try await bench.martlet("doctor")
      #expect(doctor.status == 1 && doctor.output.contains("campaigns.look has run"))
      let scheduler = try RunningProcess("martlet-scheduler", bench.environment)
      let port = try await scheduler.port()
      let isBack = try await eventually(within: .seconds(60)) {
        try await bench.database.pool.query(
          "SELECT FROM periodic_jobs WHERE last_slot > now() + interval '1 min'"
        ).isEmpty
      }
      #expect(isBack, "\(scheduler.child.output)")
      #expect(await eventually(within: .seconds(30)) { await ready(port) == true })
      let metrics = try await get(port, "/metrics").body
      for name in [
        "martlet_periodic_overdue_seconds{name=\"campaigns.look\"}",
        "martlet_periodic_ahead_seconds",
        "martlet_clock_drift_seconds{server=\"postgresql\"}",
        "martlet_clock_drift_seconds{server=\"redis\"}",
      ] { #expect(metrics.contains(name), "\(name)") }
      #expect(scheduler.child.output.contains("had run in the future"))
      #expect(try await bench.martlet("doctor").output.contains("on time"))
    }
  }

  @Test func whatDoesNotFitIsFoundAndMended() async throws {
    try await Workbench.with { bench in
      _ = try await client(bench).enqueue(Idle(number: 1))
      #expect(try await bench.martlet("queues", "check").status == 0)
      // A row that was never pushed, as when its enqueuer died in between.
      try await bench.database.pool.query(
        """
        INSERT INTO jobs (id, queue, name, version, payload, max_attempts, created_at)
        VALUES ('01890000-0000-7000-8000-000000000000', 'testing', 'test.idle', 1,
          '{"number":2}', 3, now() - interval '1 hour')
        """)
      let found = try await bench.martlet("queues", "check")
      #expect(found.status == 1 && found.output.contains("Redis does not know"))
      #expect(try await bench.martlet("queues", "check", "--repair").status == 0)
      #expect(try await bench.martlet("queues", "check").status == 0)
    }
  }

  @Test func deadJobsArePurged() async throws {
    try await Workbench.with { bench in
      let purged = try await bench.martlet(
        "jobs", "purge", "--queue", "testing", "--state", "dead", "--json")
      #expect(try purged.json([String: Int].self) == ["purged": 0])
    }
  }
}
