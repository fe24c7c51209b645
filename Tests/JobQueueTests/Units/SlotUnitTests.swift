import Synchronization
import TestSupport
import Testing

@testable import JobQueue

struct SlotUnitTests {
  @Test func aSlotKnowsWhatRuns() throws {
    let slot = Slot()
    let job = try Fixture.deed()
    let start = ContinuousClock.now
    #expect(slot.running == nil)
    #expect(slot.begin([job], now: start) == nil)
    #expect(slot.running?.jobs.first === job)
    #expect(slot.running?.since == start)
    #expect(!slot.end())
    #expect(slot.running == nil)
  }

  @Test func aCancelledJobEndsTheTaskAndTheSlotGoesOn() async throws {
    let slot = Slot()
    let jobs = [try Fixture.deed("1-1"), try Fixture.deed("1-2")]
    let rounds = Mutex<[Bool]>([])
    let done = Task {
      await slot.run {
        let index = rounds.withLock { $0.count }
        guard index < jobs.count else { return }
        _ = slot.begin([jobs[index]])
        if index == 0 {
          slot.cancel(.cancelled) { $0 === jobs[0] }
          // The wrong job: nothing happens.
          slot.cancel(.timeout) { $0 === jobs[1] }
        }
        rounds.withLock { $0.append(Task.isCancelled) }
        _ = slot.end()
      }
    }
    await done.value
    #expect(rounds.withLock { $0 } == [true, false])
    #expect(jobs[0].cancellation == .cancelled)
    #expect(jobs[1].cancellation == nil)
  }

  @Test func theFirstReasonOfACancellationStays() throws {
    let slot = Slot()
    let job = try Fixture.deed()
    _ = slot.begin([job])
    slot.cancel(.timeout)
    slot.cancel(.shutdown)
    #expect(job.cancellation == .timeout)
    #expect(slot.end())
  }

  @Test func aStoppedSlotBeginsNothing() throws {
    let slot = Slot()
    slot.stop(.shutdown)
    #expect(slot.begin([try Fixture.deed()]) == .shutdown)
    #expect(slot.running == nil)
  }

  @Test func overdueHandlersAreCancelled() throws {
    let pool = SlotPool(count: 0)
    #expect(pool.cancelOverdue() == nil)
    let slot = Slot()
    let job = try Fixture.delivery(Fixture.entry(timeout: 100))
    let start = ContinuousClock.now
    _ = slot.begin([job], now: start)
    let watched = SlotPool([slot])
    #expect(watched.cancelOverdue(now: start + .milliseconds(40)) == .milliseconds(60))
    #expect(job.cancellation == nil)
    #expect(watched.cancelOverdue(now: start + .milliseconds(100)) == nil)
    #expect(job.cancellation == .timeout)
  }

  @Test func aPoolRunsALoopInEachSlot() async {
    let pool = SlotPool(count: 5)
    let count = Tally()
    await pool.run { _ in count.up() }
    #expect(count.now == 5)
  }
}
