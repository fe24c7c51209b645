import Testing

@testable import JobQueue

struct CrashGateUnitTests {
  @Test func oneAtATimePasses() async {
    let gate = CrashGate()
    let inside = Tally()
    await withDiscardingTaskGroup { group in
      for _ in 0..<50 {
        group.addTask {
          await gate.enter()
          inside.up()
          await Task.yield()
          inside.down()
          gate.leave()
        }
      }
    }
    #expect(inside.most == 1)
  }

  @Test func aFreeGateIsPassedAtOnce() async {
    let gate = CrashGate()
    for _ in 0..<3 {
      await gate.enter()
      gate.leave()
    }
  }
}
