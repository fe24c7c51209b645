import TestSupport
import Testing

@testable import JobQueue

struct SignalUnitTests {
  @Test func aRaiseEndsAllWaits() async {
    let signal = Signal()
    let ended = Tally()
    await withDiscardingTaskGroup { group in
      for _ in 0..<10 {
        group.addTask {
          await signal.wait(atMost: .seconds(600))
          ended.up()
        }
      }
      // A wait that begins after a raise needs another: raise until all have ended.
      #expect(
        await eventually {
          signal.raise()
          return ended.now == 10
        })
    }
  }

  @Test func aRaiseBeforeTheWaitIsRemembered() async {
    let signal = Signal()
    signal.raise()
    let start = ContinuousClock.now
    await signal.wait(atMost: .seconds(600))
    #expect(ContinuousClock.now - start < .seconds(60))
  }

  @Test func severalRaisesAreRememberedAsOne() async {
    let signal = Signal()
    for _ in 0..<5 { signal.raise() }
    await signal.wait(atMost: .seconds(600))
    let start = ContinuousClock.now
    await signal.wait(atMost: .milliseconds(30))
    #expect(ContinuousClock.now - start >= .milliseconds(30))
  }

  @Test func theTimeEndsAWait() async {
    await Signal().wait(atMost: .milliseconds(1))
  }

  @Test func cancellationEndsAWait() async {
    let signal = Signal()
    let task = Task { await signal.wait(atMost: .seconds(600)) }
    task.cancel()
    await task.value
  }
}
