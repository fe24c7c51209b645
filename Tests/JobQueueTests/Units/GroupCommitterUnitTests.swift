import Foundation
import Synchronization
import TestSupport
import Testing

@testable import JobQueue

struct GroupCommitterUnitTests {
  /// A table whose statements wait until the test lets them go.
  private final class Table: Sendable {
    private struct State {
      var statements: [[JobID]] = []
      var held: [CheckedContinuation<Void, Never>] = []
      var isOpen = false
    }
    private let state = Mutex(State())
    let missing: Set<JobID>
    let failsFirst: Bool

    init(missing: Set<JobID> = [], failsFirst: Bool = false) {
      self.missing = missing
      self.failsFirst = failsFirst
    }

    var statements: [[JobID]] { state.withLock { $0.statements } }

    func remove(_ endings: [DurableStore.Ending]) async throws -> Set<JobID> {
      let ids = endings.map(\.id)
      let number = state.withLock { state in
        state.statements.append(ids)
        return state.statements.count
      }
      await withCheckedContinuation { continuation in
        let isOpen = state.withLock { state in
          if !state.isOpen { state.held.append(continuation) }
          return state.isOpen
        }
        if isOpen { continuation.resume() }
      }
      if failsFirst, number == 1 { throw Trouble() }
      return Set(ids).subtracting(missing)
    }

    func open() {
      let held = state.withLock { state in
        state.isOpen = true
        defer { state.held = [] }
        return state.held
      }
      for one in held { one.resume() }
    }
  }

  private static func ending(_ id: JobID) -> DurableStore.Ending {
    DurableStore.Ending(id: id, token: 1, keeps: false, startedAt: Date())
  }

  /// Ends jobs at the same time while the first statement is on its way.
  private func outcomes(_ ids: [JobID], _ table: Table) async -> [Result<Bool, any Error>] {
    let committer = GroupCommitter { try await table.remove($0) }
    let waiting = Tally()
    return await withTaskGroup(of: (Int, Result<Bool, any Error>).self) { group in
      for (index, id) in ids.enumerated() {
        group.addTask {
          waiting.up()
          do {
            return (index, .success(try await committer.end(Self.ending(id))))
          } catch {
            return (index, .failure(error))
          }
        }
        if index == 0 { #expect(await eventually { table.statements.count == 1 }) }
      }
      #expect(
        await eventually {
          waiting.now == ids.count && committer.waiting == ids.count - 1
        })
      table.open()
      var results: [(Int, Result<Bool, any Error>)] = []
      for await result in group { results.append(result) }
      return results.sorted { $0.0 < $1.0 }.map(\.1)
    }
  }

  @Test func jobsGatherWhileAStatementIsOnItsWay() async throws {
    let ids = (0..<20).map { _ in JobID() }
    let table = Table(missing: [ids[7]])
    let results = await outcomes(ids, table)
    #expect(table.statements.map(\.count) == [1, 19])
    for (index, result) in results.enumerated() { #expect(try result.get() == (index != 7)) }
  }

  @Test func aFailureConcernsItsOwnStatementOnly() async throws {
    let ids = (0..<5).map { _ in JobID() }
    let results = await outcomes(ids, Table(failsFirst: true))
    #expect(throws: Trouble.self) { try results[0].get() }
    for result in results.dropFirst() { #expect(try result.get()) }
  }

  @Test func aCancelledLeaderLeavesTheOthersToTheNextStatement() async throws {
    let committer = GroupCommitter { endings in
      try Task.checkCancellation()
      return Set(endings.map(\.id))
    }
    let leader = Task {
      withUnsafeCurrentTask { $0?.cancel() }
      return try await committer.end(Self.ending(JobID()))
    }
    await #expect(throws: CancellationError.self) { try await leader.value }
    #expect(try await committer.end(Self.ending(JobID())))
  }
}
