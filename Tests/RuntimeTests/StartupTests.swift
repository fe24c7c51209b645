import Logging
import Synchronization
import Testing

@testable import Runtime

@Suite struct StartupTests {
  let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  @Test func returnsOnceNothingIsMissing() async throws {
    let readiness = Readiness()
    let asked = Mutex(0)
    readiness.require("redis") {
      let count = asked.withLock { asked in
        asked += 1
        return asked
      }
      if count < 3 { throw ReadinessTests.Down(description: "refused") }
    }
    try await Startup.wait(for: readiness, timeout: .seconds(30), logger: logger)
    #expect(readiness.phase == .running)
    #expect(asked.withLock { $0 } == 3)
  }

  @Test func saysWhatIsMissingWhenTheTimeIsUp() async throws {
    let readiness = Readiness()
    readiness.require("postgres") { throw ReadinessTests.Down(description: "refused") }
    let error = await #expect(throws: StartupTimeout.self) {
      try await Startup.wait(for: readiness, timeout: .milliseconds(300), logger: logger)
    }
    #expect(error?.description == "not ready after 0.3 s: postgres: refused")
    #expect(readiness.phase == .starting)
  }

  @Test func canBeCutShort() async throws {
    let readiness = Readiness()
    readiness.require("postgres") { throw ReadinessTests.Down(description: "refused") }
    let waiting = Task {
      try await Startup.wait(for: readiness, timeout: .seconds(3600), logger: logger)
    }
    waiting.cancel()
    await #expect(throws: CancellationError.self) { try await waiting.value }
  }
}
