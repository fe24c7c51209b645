import Logging
import Synchronization
import Testing

@testable import JobQueue

struct TroubleLogUnitTests {
  @Test func beginReminderAndEndAreLogged() {
    let log = TroubleLog()
    let start = ContinuousClock.now
    let lines = Mutex<[String]>([])
    func fail(_ second: Double) {
      log.failed("redis", now: start + .seconds(second)) { data in
        lines.withLock { $0.append("failed \(data.count)") }
      }
    }
    func work(_ second: Double) {
      log.works("redis", now: start + .seconds(second)) { _ in lines.withLock { $0.append("works") }
      }
    }
    work(0)
    #expect(lines.withLock { $0 } == [])
    // It flips each second.
    for second in 0..<59 {
      fail(Double(second))
      work(Double(second) + 0.5)
    }
    #expect(lines.withLock { $0 } == ["failed 0"])
    fail(60)
    fail(61)
    #expect(lines.withLock { $0 } == ["failed 0", "failed 2"])
    work(64)
    #expect(lines.withLock { $0.count } == 2)
    work(66)
    work(67)
    #expect(lines.withLock { $0 } == ["failed 0", "failed 2", "works"])
    fail(70)
    #expect(lines.withLock { $0.count } == 4)
  }
}
