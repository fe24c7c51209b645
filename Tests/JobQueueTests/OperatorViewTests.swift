import Foundation
import TestSupport
import Testing

@testable import JobQueue

/// What operators see of jobs that wait for their time, that died, and that were done.
@Suite struct OperatorViewTests {
  @Test func scheduledJobsAreSeenByDueTimeAndRunAtOnceWhenAsked() async throws {
    try await World.run { (world: World) async throws -> Void in
      let client = world.client
      func options(in seconds: Double) -> EnqueueOptions {
        EnqueueOptions(runAt: Date().addingTimeInterval(seconds))
      }
      let hour = try #require(try await client.enqueue(Deed(number: 1), options(in: 5000)))
      let soon = try #require(try await client.enqueue(Note(text: "a"), options(in: 130)))
      let schedule = try await client.schedule()
      #expect(schedule.slots[2] == 1 && schedule.later == 1 && schedule.total == 2)
      #expect(try await client.scheduled().map(\.id) == [soon, hour])
      #expect(try await client.scheduled(queue: "deeds").map(\.id) == [hour])
      #expect(try await client.scheduled(start: 1).map(\.id) == [hour])

      for id in [hour, soon] { try await client.runNow(id) }
      #expect(try await client.schedule().total == 0)
      #expect(try await client.job(hour)?.state == .queued)
      await #expect(throws: JobError.self) { try await client.runNow(hour) }
      let diary = Diary<String>()
      var registry = JobRegistry()
      registry.register(Deed.self) { deed, context in
        diary.write("\(deed.number)")
        try await context.complete()
      }
      registry.register(Note.self) { note, _ in diary.write(note.text) }
      world.work(registry)
      #expect(await eventually { Set(diary.entries) == ["1", "a"] })
    }
  }

  @Test func deadJobsAreGroupedByErrorAndAGroupIsRetriedAlone() async throws {
    try await World.run { (world: World) async throws -> Void in
      let client = world.client
      let ids = try await client.enqueue((0..<3).map { Deed(number: $0) })
      for (number, id) in ids.enumerated() {
        let error = number == 2 ? "refused" : "row \(number * 100) is bad"
        try await client.postgres.query(
          "UPDATE jobs SET state = 2, last_error = \(error) WHERE id = \(id)")
      }
      let groups = try await client.deadGroups(limit: 10)
      #expect(groups.map(\.error) == ["row # is bad", "refused"])
      #expect(groups.map(\.count) == [2, 1])
      #expect(groups[0].newest == ids[1])
      let filter = JobFilter(name: "test.deed", state: .dead, errorGroup: "row # is bad")
      #expect(try await client.jobs(filter).map(\.id) == [ids[1], ids[0]])
      var registry = JobRegistry()
      ChangeJobs.register(in: &registry, jobs: client)
      world.work(registry)
      try await client.enqueue(ChangeJobs(.retry, filter))
      #expect(try await eventually { try await client.deadGroups(limit: 10).map(\.count) == [1] })
    }
  }

  @Test func deadTransientJobsArePagedByIdAndFiltered() async throws {
    try await World.run { (world: World) async throws -> Void in
      var registry = JobRegistry()
      registry.register(FailureTests.Flaky.self) { _, _ in throw PermanentJobFailure("no") }
      world.work(registry)
      try await world.client.enqueue((0..<3).map { _ in FailureTests.Flaky() })
      #expect(try await eventually { try await world.status("flaky").dead == 3 })
      var filter = JobFilter(queue: "flaky", state: .dead, limit: 2)
      let first = try await world.client.jobs(filter)
      filter.before = first.last?.id
      let rest = try await world.client.jobs(filter)
      #expect(Set((first + rest).map(\.id)).count == 3)
      filter.before = rest.last?.id
      #expect(try await world.client.jobs(filter).isEmpty)
      #expect(
        try await world.client.jobs(JobFilter(name: "x", queue: "flaky", state: .dead)).isEmpty)
      #expect(try await world.client.deadGroups(limit: 9).map(\.count) == [3])
    }
  }

  @Test func workersTellWhatWasDoneAndHowLongItTook() async throws {
    try await World.run { (world: World) async throws -> Void in
      var registry = JobRegistry()
      registry.register(Note.self) { note, _ in
        if note.text == "bad" { throw PermanentJobFailure("no") }
      }
      let worker = world.work(registry)
      try await world.client.enqueue(["a", "b", "bad"].map { Note(text: $0) })
      #expect(try await eventually { try await world.status("notes").dead == 1 })
      // What was counted is written at the end at the latest.
      worker.beginDrain(timeout: .seconds(1))
      for resolution in JobFigures.Resolution.allCases {
        #expect(
          try await eventually {
            try await world.client.figures(resolution).jobs.first?.done.reduce(0, +) == 2
          })
        let notes = try #require(try await world.client.figures(resolution).jobs.first)
        #expect(notes.queue == "notes" && notes.name == "test.note")
        #expect(notes.failed.reduce(0, +) == 1)
        #expect(notes.runs > 0 && notes.seconds(within: 0.95) ?? 9 < 5)
      }
    }
  }

  @Test func lengthsFallIntoTwoBucketsForEachDoubling() {
    var figures = JobFigures(queue: "q", name: "n", slots: 1)
    for milliseconds in [0.2, 3, 100, 1000] {
      figures.lengths[JobFigures.bucket(of: milliseconds), default: 0] += 1
      figures.runs += 1
    }
    let half = figures.seconds(within: 0.5) ?? 0
    #expect(half >= 0.003 && half < 0.003 * 1.5)
    let all = figures.seconds(within: 1) ?? 0
    #expect(all >= 1 && all < 1.5)
  }

  @Test func workersTellHowFarTheirClockIsAhead() async throws {
    try await World.run { (world: World) async throws -> Void in
      var registry = JobRegistry()
      registry.register(Note.self) { _, _ in }
      world.work(registry)
      #expect(
        try await eventually {
          try await world.client.workers().first?.clockAhead.map { abs($0) < 2 } == true
        })
    }
  }
}
