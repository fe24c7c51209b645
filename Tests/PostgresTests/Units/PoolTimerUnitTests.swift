import Synchronization
import TestSupport
import Testing

@testable import Postgres

/// The pool's timer by a clock that the test moves.
struct PoolTimerUnitTests {
  /// A clock in nanoseconds; sleepers wake when it has been moved far enough.
  private final class ManualClock: Sendable {
    private struct State {
      var now: UInt64 = 0
      var sleepers: [(until: UInt64, continuation: CheckedContinuation<Void, Never>)] = []
    }
    private let state = Mutex(State())

    var now: UInt64 { state.withLock { $0.now } }
    var sleeping: Int { state.withLock { $0.sleepers.count } }

    func sleep(_ duration: Duration) async {
      let nanoseconds = UInt64(duration / .nanoseconds(1))
      await withCheckedContinuation { continuation in
        let isOver = state.withLock { state in
          if nanoseconds == 0 { return true }
          state.sleepers.append((state.now + nanoseconds, continuation))
          return false
        }
        if isOver { continuation.resume() }
      }
    }

    func move(to instant: UInt64) {
      let due = state.withLock { state in
        state.now = instant
        defer { state.sleepers.removeAll { $0.until <= instant } }
        return state.sleepers.filter { $0.until <= instant }
      }
      for one in due { one.continuation.resume() }
    }
  }

  private let clock = ManualClock()
  private let fired = Locked<[Int]>([])

  private var timer: PoolTimer {
    PoolTimer(now: { [clock] in clock.now }, sleep: { [clock] in await clock.sleep($0) })
  }

  @Test func firesAtTheEarliestTime() async {
    let (timer, fired) = (timer, fired)
    timer.arm(at: 100) { fired.withLock { $0.append(1) } }
    #expect(await eventually { clock.sleeping == 1 })
    timer.arm(at: 50) { fired.withLock { $0.append(2) } }
    #expect(await eventually { clock.sleeping == 2 })
    clock.move(to: 50)
    #expect(await eventually { fired.withLock { $0 } == [2] })
    // The later call was replaced: its sleeper wakes and does nothing.
    clock.move(to: 100)
    #expect(await eventually { clock.sleeping == 0 })
    #expect(fired.withLock { $0 } == [2])
  }

  @Test func aLaterTimeDoesNotReplaceAnEarlierOne() async {
    let (timer, fired) = (timer, fired)
    timer.arm(at: 50) { fired.withLock { $0.append(1) } }
    timer.arm(at: 100) { fired.withLock { $0.append(2) } }
    #expect(await eventually { clock.sleeping == 1 })
    clock.move(to: 200)
    #expect(await eventually { fired.withLock { $0 } == [1] })
    timer.arm(at: 300) { fired.withLock { $0.append(3) } }
    #expect(await eventually { clock.sleeping == 1 })
    clock.move(to: 300)
    #expect(await eventually { fired.withLock { $0 } == [1, 3] })
  }

  @Test func aTimeInThePastFiresAtOnce() async {
    let (timer, fired) = (timer, fired)
    clock.move(to: 1000)
    timer.arm(at: 10) { fired.withLock { $0.append(1) } }
    #expect(await eventually { fired.withLock { $0 } == [1] })
  }

  @Test func aCancelledTimerDoesNotFire() async {
    let (timer, fired) = (timer, fired)
    timer.arm(at: 50) { fired.withLock { $0.append(1) } }
    #expect(await eventually { clock.sleeping == 1 })
    timer.cancel()
    clock.move(to: 50)
    timer.arm(at: 60) { fired.withLock { $0.append(2) } }
    #expect(await eventually { clock.sleeping == 1 })
    clock.move(to: 60)
    #expect(await eventually { fired.withLock { $0 } == [2] })
  }
}
