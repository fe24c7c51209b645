import Foundation
import Redis
import TestSupport
import Testing

/// Promises 1 to 3 of docs/architecture.md on the main job: whatever is killed in the middle, the
/// import ends by itself and leaves what an undisturbed run leaves.
@Suite("An import of 200,000 rows", .serialized, .timeLimit(.minutes(15)))
struct ImportFaultTests {
  let rows = 200_000

  /// Runs an import while `disturb` does its worst, and compares the outcome with an undisturbed
  /// run's.
  private func survives(
    workers: Int = 2, schedulers: Int = 1,
    _ disturb: (WatchedImport, Crew) async throws -> Void
  ) async throws {
    let quiet = try await QuietImport.shared.outcome(rows: rows)
    let installation = try await Installation.start()
    let crew = try Crew(installation, workers: workers, schedulers: schedulers)
    let list = try await WatchedImport.submit(installation, rows: rows)
    try await disturb(list, crew)
    let ended = await list.ends()
    let end = try await list.state()
    try #require(ended, "\(end) \(crew.casualties)")
    // The last job's row goes with its effect; housekeeping jobs may follow.
    let outcome = try await list.outcome()
    for (what, expected) in quiet where what != "jobs left" {
      #expect(outcome[what] == expected, "\(what) differ")
    }
    let state = try await list.state()
    #expect(state.processed == rows && state.lines == rows, "\(state)")
  }

  @Test("takes no more memory than a few parts of the file")
  func memory() async throws {
    _ = try await QuietImport.shared.outcome(rows: rows)
    if let peak = await QuietImport.shared.peakMemory {
      #expect(peak < 300 << 20, "\(peak >> 20) MiB")
    }
  }

  @Test("survives kill -9 of workers and scheduler, one after the other")
  func kills() async throws {
    try await survives { list, crew in
      for round in 1...8 {
        #expect(await list.reaches(Double(round) * 0.1))
        try crew.replace(round % crew.members.count)
      }
    }
  }

  @Test("is taken over from a dead worker by the others alone, without a new process")
  func takeover() async throws {
    try await survives(workers: 3) { list, crew in
      #expect(await list.reaches(0.2))
      crew.members[0].process.kill()
      #expect(await list.reaches(0.4))
      crew.members[1].process.kill()
    }
  }

  @Test("survives a Redis that is killed and comes back empty")
  func redisRestart() async throws {
    try await survives { list, _ in
      #expect(await list.reaches(0.2))
      try await list.installation.redis.restart()
      #expect(await list.reaches(0.6))
      list.installation.redis.kill()
      try await list.installation.redis.start()
    }
  }

  @Test("survives FLUSHALL")
  func flush() async throws {
    try await survives { list, _ in
      let redis = try list.installation.redis.connect()
      for share in [0.1, 0.3, 0.5, 0.7] {
        #expect(await list.reaches(share))
        _ = try await redis.send("FLUSHALL")
      }
      await redis.close()
    }
  }

  @Test("survives a PostgreSQL that is killed and restarted")
  func postgresRestart() async throws {
    try await survives { list, _ in
      for share in [0.2, 0.5] {
        #expect(await list.reaches(share))
        try await list.installation.postgres.restart()
      }
    }
  }

  @Test("survives a worker that sleeps past its lease and wakes up with old work in hand")
  func sleeper() async throws {
    try await survives { list, crew in
      #expect(await list.reaches(0.2))
      crew.members[0].process.signal(SIGSTOP)
      // The others take its work over; the import may end while it sleeps.
      #expect(await list.reaches(1))
      crew.members[0].process.signal(SIGCONT)
      #expect(await list.ends())
      #expect(crew.members[0].process.isRunning)
    }
  }
}
