import Foundation
import Logging
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import Runtime

#if canImport(FoundationNetworking)
  import FoundationNetworking
#endif

@Suite struct ReadinessTests {
  struct Down: Error, CustomStringConvertible { let description: String }

  @Test func aProcessIsReadyWhenItRunsAndNothingIsMissing() async {
    let readiness = Readiness()
    #expect(await readiness.missing().map(\.name) == ["phase"])
    readiness.phase = .running
    #expect(await readiness.missing().isEmpty)
    readiness.phase = .draining
    #expect(
      await readiness.missing() == [.init(name: "phase", problem: "the process is draining")])
  }

  @Test func whatIsMissingIsNamedWithItsReasonAndNoPassword() async {
    let readiness = Readiness()
    readiness.phase = .running
    readiness.require("redis") { throw Down(description: "redis://:pw@h refused") }
    readiness.require("postgres") {}
    #expect(
      await readiness.missing() == [.init(name: "redis", problem: "redis://:***@h refused")])
  }

  @Test func aCheckThatHangsCountsAsMissing() async {
    let readiness = Readiness()
    readiness.phase = .running
    readiness.require("postgres", timeout: .milliseconds(50)) {
      try await Task.sleep(for: .seconds(3600))
    }
    #expect(
      await readiness.missing() == [.init(name: "postgres", problem: "no answer within 0.05 s")])
  }
}

@Suite struct OperatorServerTests {
  @Test func answersOnAFreePort() async throws {
    let metrics = MetricsRegistry()
    metrics.collect { ProcessMetrics.families() }
    let readiness = Readiness()
    let down = Mutex(true)
    readiness.require("redis") {
      if down.withLock({ $0 }) { throw ReadinessTests.Down(description: "connection refused") }
    }
    let server = OperatorServer(
      host: "127.0.0.1", port: 0, metrics: metrics, readiness: readiness,
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let group = ServiceGroup(services: [server], logger: Logger(label: "test"))
    try await withThrowingTaskGroup(of: Void.self) { tasks in
      tasks.addTask { try await group.run() }
      var port: Int?
      _ = await eventually {
        port = server.listeningPort
        return port != nil
      }
      let base = "http://127.0.0.1:\(try #require(port))"

      #expect(try await get("\(base)/healthz") == (200, "ok\n"))
      #expect(
        try await get("\(base)/readyz") == (
          503,
          #"{"missing":[{"name":"redis","problem":"connection refused"},"#
            + #"{"name":"phase","problem":"the process is starting"}],"ready":false}"# + "\n"
        ))
      down.withLock { $0 = false }
      readiness.phase = .running
      #expect(try await get("\(base)/readyz") == (200, #"{"missing":[],"ready":true}"# + "\n"))
      #expect(try await get("\(base)/metrics").1.contains("process_cpu_seconds_total "))
      #expect(try await get("\(base)/elsewhere").0 == 404)
      await group.triggerGracefulShutdown()
      try await tasks.waitForAll()
    }
  }

  private func get(_ address: String) async throws -> (Int, String) {
    let url = try #require(URL(string: address))
    let (data, response) = try await URLSession.shared.data(from: url)
    let status = try #require(response as? HTTPURLResponse).statusCode
    return (status, String(decoding: data, as: UTF8.self))
  }
}
