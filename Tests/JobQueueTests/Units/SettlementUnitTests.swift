import Foundation
import Postgres
import Testing

@testable import JobQueue
@testable import Redis

/// The consequences of a handler's end, in PostgreSQL and in Redis.
struct SettlementUnitTests {
  private static func name(_ settlement: Settlement?) -> String {
    switch settlement?.action {
    case nil: "nothing"
    case .done(let removesRow): removesRow ? "done, row" : "done"
    case .drop: "drop"
    case .retry: "retry"
    case .dead: "dead"
    case .requeue(let pause): "requeue \(pause)"
    }
  }

  private static func outcome(_ delivery: Delivery, _ error: (any Error)?) -> String {
    name(Settlement(delivery, error: error, pause: .seconds(1)))
  }

  @Test func errorsLeadToActions() throws {
    let deed = try Fixture.deed()
    #expect(Self.outcome(deed, nil) == "done, row")
    #expect(Self.outcome(try Fixture.delivery(), nil) == "done")
    #expect(Self.outcome(deed, Trouble()) == "retry")
    #expect(Self.outcome(try Fixture.deed(attempt: 2), Trouble()) == "dead")
    #expect(Self.outcome(deed, PermanentJobFailure("never")) == "dead")
    #expect(Self.outcome(deed, RetryJob(after: .seconds(3), "later")) == "retry")
    #expect(Self.outcome(deed, JobSuperseded(id: deed.entry.id)) == "drop")
    #expect(Self.outcome(deed, RedisError(.timeout, "late")) == "requeue 1.0 seconds")
  }

  @Test func cancellationsCountMoreThanWhatTheHandlerThrows() throws {
    let expected: [(JobCancellation, String)] = [
      (.cancelled, "drop"), (.leaseLost, "nothing"), (.shutdown, "requeue 0.0 seconds"),
      (.timeout, "retry"),
    ]
    for (reason, action) in expected {
      let deed = try Fixture.deed()
      deed.state.withLock { $0.cancellation = reason }
      #expect(Self.outcome(deed, Trouble()) == action)
      #expect(Self.outcome(deed, PermanentJobFailure("never")) == "dead")
    }
  }

  @Test func aCompletedJobIsDoneWhateverFollows() throws {
    let deed = try Fixture.deed()
    deed.markCompleted()
    #expect(Self.outcome(deed, Trouble()) == "done")
  }

  @Test func aJobThatFailedAloneIsRetriedAlone() throws {
    let (one, other) = (try Fixture.deed("1-1"), try Fixture.deed("1-2"))
    one.fail(Trouble())
    #expect(Self.outcome(one, nil) == "retry")
    #expect(Self.outcome(other, nil) == "done, row")
  }

  @Test func onlyDurableJobsConcernPostgres() throws {
    let now = Date(timeIntervalSince1970: 1000)
    let deed = try Fixture.deed("5-0", attempt: 1)
    let settlements = [
      Settlement(try Fixture.delivery(), .done(removesRow: false)),
      Settlement(deed, .retry(error: "no", delay: .seconds(10))),
      Settlement(deed, .dead(error: "never")), Settlement(deed, .drop),
      Settlement(deed, .requeue(after: .zero)), Settlement(deed, .done(removesRow: false)),
      Settlement(deed, .done(removesRow: true)),
    ]
    let records = SettlementRecords(settlements, now: now)
    #expect(records.endings.map(\.token) == [5 << 20])
    #expect(records.retries.map(\.retryAt) == [now.addingTimeInterval(10)])
    #expect(records.retries.map(\.attempt) == [2])
    #expect(records.deaths.map(\.error) == ["never"])
    #expect(records.deliveries.count == 3)
    #expect(!records.areRemovalsAlone)
    #expect(SettlementRecords([], now: now).isEmpty)
  }

  @Test func doneJobsOfAQueueShareACall() throws {
    let notes = try (0..<JobClient.chunk + 1).map { try Fixture.delivery(streamID: "1-\($0)") }
    let deed = try Fixture.deed()
    let calls = AcknowledgementCalls(
      notes.map { Settlement($0, .done(removesRow: false)) }
        + [Settlement(deed, .done(removesRow: false)), Settlement(notes[0], .drop)], offset: .zero)
    #expect(
      calls.finishes.map { "\($0.queue) \($0.count)" }.sorted() == [
        "deeds 1", "notes 1", "notes 1", "notes \(JobClient.chunk)",
      ])
    let plain = calls.finishes.filter { $0.count == JobClient.chunk }
    #expect(plain.allSatisfy { $0.arguments.count == JobClient.chunk + 2 })
    #expect(calls.requeues.isEmpty && calls.deadLetters.isEmpty)
  }

  @Test func requeuedJobsCarryTheirHistory() throws {
    let crashed = try Fixture.deed(crashes: 2)
    let calls = AcknowledgementCalls(
      [
        Settlement(crashed, .retry(error: "no", delay: .seconds(2))),
        Settlement(crashed, .requeue(after: .zero)), Settlement(crashed, .dead(error: "never")),
      ], offset: .milliseconds(7))
    var retried = crashed.entry
    (retried.attempt, retried.crashes) = (1, 0)
    var back = crashed.entry
    back.isRepaired = true
    var dead = crashed.entry
    dead.attempt = 1
    let requeues: [[RedisArgument]] = [
      ["1-1", "", RedisArgument(bytes: retried.encoded()), "retrying", 2000, 7, "retried"],
      ["1-1", "", RedisArgument(bytes: back.encoded()), "ready", 0, 7, ""],
    ]
    #expect(Self.wire(calls.requeues.map(\.arguments)) == Self.wire(requeues))
    let deadLetters: [[RedisArgument]] = [
      [
        "1-1", "", RedisArgument(bytes: dead.encoded()),
        RedisArgument(crashed.entry.id.description), "",
      ]
    ]
    #expect(Self.wire(calls.deadLetters.map(\.arguments)) == Self.wire(deadLetters))
  }

  private static func wire(_ calls: [[RedisArgument]]) -> [[UInt8]] {
    calls.map {
      var output = OutputBuffer(capacity: 256)
      output.append(command: $0)
      return output.withBytes { Array($0) }
    }
  }
}
