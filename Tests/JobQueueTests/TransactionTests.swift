import Foundation
import JobQueue
import Postgres
import Synchronization
import TestSupport
import Testing

private enum Sown: CommitEvent {}
private enum Reaped: CommitEvent {}

@Suite("Transactions: jobs, instant and effects after the commit")
struct TransactionTests {
  struct Refused: Error {}

  private func working(
    _ body: @Sendable (TransactionRunner, Counter) async throws -> Void
  ) async throws {
    try await TestDatabase.with { database in
      _ = try await Migrator(JobQueueSchema.migrations).run(on: database.pool)
      let runner = TransactionRunner(database.pool)
      let heard = Counter()
      runner.onCommit(of: Sown.self) { heard.add() }
      try await body(runner, heard)
    }
  }

  /// A number that closures of other tasks count up.
  final class Counter: Sendable {
    private let number = Mutex(0)
    var value: Int { number.withLock { $0 } }
    func add() { number.withLock { $0 += 1 } }
  }

  @Test("An event is reported once, after the commit, however often it was announced")
  func tellsOnce() async throws {
    try await working { runner, heard in
      try await runner.transaction { transaction in
        transaction.announce(Sown.self)
        transaction.announce(Sown.self)
        transaction.announce(Reaped.self)
        try await transaction.query("SELECT 1")
        #expect(heard.value == 0)
      }
      #expect(heard.value == 1)
    }
  }

  @Test("After a rollback no event is reported and no effect runs")
  func tellsNothingAfterRollback() async throws {
    try await working { runner, heard in
      let effects = Counter()
      await #expect(throws: Refused.self) {
        try await runner.transaction { transaction in
          transaction.announce(Sown.self)
          transaction.afterCommit { effects.add() }
          throw Refused()
        }
      }
      #expect(heard.value == 0)
      #expect(effects.value == 0)
    }
  }

  @Test("A repeated transaction reports the events of its last attempt")
  func forgetsEarlierAttempts() async throws {
    try await working { runner, heard in
      let (attempts, effects) = (Counter(), Counter())
      try await runner.transaction { transaction in
        attempts.add()
        transaction.announce(Sown.self)
        transaction.afterCommit { effects.add() }
        if attempts.value == 1 {
          try await transaction.query(
            "DO $$ BEGIN RAISE EXCEPTION SQLSTATE '40001'; END $$")
        }
      }
      #expect(attempts.value == 2)
      #expect(heard.value == 1)
      #expect(effects.value == 1)
    }
  }

  @Test("Effects run in the order in which they were added")
  func runsEffectsInOrder() async throws {
    try await working { runner, _ in
      let order = Mutex<[Int]>([])
      try await runner.transaction { transaction in
        for number in 1...3 { transaction.afterCommit { order.withLock { $0.append(number) } } }
      }
      #expect(order.withLock { $0 } == [1, 2, 3])
    }
  }

  @Test("The instant is one for the whole transaction, and another where it is asked for")
  func hasOneInstant() async throws {
    try await working { runner, heard in
      let early = Date(timeIntervalSince1970: 1_000)
      try await runner.transaction { transaction in
        #expect(transaction.now == transaction.now)
        let past = transaction.at(early)
        #expect(past.now == early)
        past.announce(Sown.self)
      }
      #expect(heard.value == 1)
    }
  }
}
