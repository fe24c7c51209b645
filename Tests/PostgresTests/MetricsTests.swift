import Dispatch
import Metrics
import TestSupport
import Testing

@testable import Postgres

/// Keeps the last value of every gauge.
private final class Gauges: MetricsFactory {
  let values = Locked<[String: Double]>([:])
  /// Called before a value is kept.
  let before: @Sendable (String, Double) -> Void

  init(before: @escaping @Sendable (String, Double) -> Void = { _, _ in }) { self.before = before }

  private final class Recorder: RecorderHandler {
    let name: String
    let values: Locked<[String: Double]>
    let before: @Sendable (String, Double) -> Void

    init(
      _ name: String, _ values: Locked<[String: Double]>,
      before: @escaping @Sendable (String, Double) -> Void
    ) {
      self.name = name
      self.values = values
      self.before = before
    }

    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) {
      before(name, value)
      values.withLock { $0[name] = value }
    }
  }

  func makeRecorder(
    label: String, dimensions: [(String, String)], aggregate: Bool
  ) -> any RecorderHandler {
    let labels = dimensions.map { "\($0)=\($1)" }.joined(separator: ",")
    return Recorder("\(label){\(labels)}", values, before: before)
  }

  func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    NOOPMetricsHandler.instance
  }
  func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    NOOPMetricsHandler.instance
  }
  func destroyRecorder(_ handler: any RecorderHandler) {}
  func destroyCounter(_ handler: any CounterHandler) {}
  func destroyTimer(_ handler: any TimerHandler) {}
}

@Suite struct MetricsTests {
  @Test func theGaugeFollowsThePool() async throws {
    try await TestDatabase.with { database in
      let gauges = Gauges()
      let configuration = try PostgresConfiguration(url: database.url, maximumConnections: 1)
      let pool = withMetricsFactory(gauges) { PostgresPool(configuration, logger: .silent) }
      func gauge(_ state: String) -> Double? {
        gauges.values.withLock { $0["martlet_postgres_connections{state=\(state)}"] }
      }
      try await pool.withConnection { connection in
        // Reported after the connection was handed out.
        #expect(await eventually { gauge("used") == 1 && gauge("idle") == 0 })
        let waiting = Task { try await pool.query("SELECT 1") }
        #expect(await eventually { gauge("waiting") == 1 })
        waiting.cancel()
        _ = await waiting.result
        #expect(await eventually { gauge("waiting") == 0 })
        try await connection.query("SELECT 1")
      }
      #expect(await eventually { gauge("used") == 0 && gauge("idle") == 1 })
      await pool.close()
      #expect(await eventually { gauge("idle") == 0 })
    }
  }

  @Test func aReportThatIsHeldUpDoesNotOverwriteALaterOne() async throws {
    // The report of one connection in use waits for that of two, which has read later.
    let (first, second) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let gauges = Gauges { name, value in
      guard name.contains("used") else { return }
      if value == 1 {
        first.signal()
        _ = second.wait(timeout: .now() + 0.2)
      }
    }
    let configuration = try PostgresConfiguration(url: "postgres://nobody@127.0.0.1/none")
    let pool = withMetricsFactory(gauges) { PostgresPool(configuration, logger: .silent) }
    let open = Locked(1)
    @Sendable func report() {
      pool.metrics.record { .init(open: open.withLock { $0 }, idle: 0, waiting: 0) }
    }
    await withCheckedContinuation { done in
      DispatchQueue.global().async {
        report()
        done.resume()
      }
      first.wait()
      open.withLock { $0 = 2 }
      report()
      second.signal()
    }
    #expect(
      gauges.values.withLock { $0["martlet_postgres_connections{state=used}"] } == 2)
  }
}
