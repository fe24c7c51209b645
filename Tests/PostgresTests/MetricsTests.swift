import Metrics
import Postgres
import TestSupport
import Testing

/// Keeps the last value of every gauge.
private final class Gauges: MetricsFactory {
  let values = Locked<[String: Double]>([:])

  private final class Recorder: RecorderHandler {
    let name: String
    let values: Locked<[String: Double]>

    init(_ name: String, _ values: Locked<[String: Double]>) {
      self.name = name
      self.values = values
    }

    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) { values.withLock { $0[name] = value } }
  }

  func makeRecorder(
    label: String, dimensions: [(String, String)], aggregate: Bool
  ) -> any RecorderHandler {
    let labels = dimensions.map { "\($0)=\($1)" }.joined(separator: ",")
    return Recorder("\(label){\(labels)}", values)
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
        // Told after the connection was handed out.
        #expect(await eventually { gauge("used") == 1 && gauge("idle") == 0 })
        let waiting = Task { try await pool.query("SELECT 1") }
        #expect(await eventually { gauge("waiting") == 1 })
        waiting.cancel()
        _ = await waiting.result
        try await connection.query("SELECT 1")
      }
      #expect(await eventually { gauge("used") == 0 && gauge("idle") == 1 })
      await pool.close()
      #expect(await eventually { gauge("idle") == 0 })
    }
  }
}
