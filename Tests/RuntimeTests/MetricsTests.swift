import Metrics
import Testing

@testable import Runtime

@Suite struct MetricsTests {
  @Test func aScrapeReadsAsPrometheusExpects() async {
    let registry = MetricsRegistry()
    Counter(
      label: "martlet_jobs_total", dimensions: [("queue", "imports"), ("outcome", "done")],
      factory: registry
    ).increment(by: 3)
    Meter(label: "depth", factory: registry).set(1.5)
    registry.collect {
      [MetricFamily("martlet_queue_depth", .gauge, [.init(7, [("queue", "a\"b\\c\nd")])])]
    }
    #expect(
      await registry.text() == """
        # TYPE depth gauge
        depth 1.5
        # HELP martlet_jobs_total Jobs that ended an attempt, by outcome.
        # TYPE martlet_jobs_total counter
        martlet_jobs_total{queue="imports",outcome="done"} 3
        # HELP martlet_queue_depth Jobs of a queue by state.
        # TYPE martlet_queue_depth gauge
        martlet_queue_depth{queue="a\\"b\\\\c\\nd"} 7

        """)
  }

  @Test func theSameNameAndLabelsAreTheSameCounter() async {
    let registry = MetricsRegistry()
    for _ in 0..<5 {
      Counter(label: "c", dimensions: [("a", "b")], factory: registry).increment()
    }
    #expect(await registry.text().contains("c{a=\"b\"} 5\n"))
  }

  @Test func aHistogramCountsEachObservationInEveryBucketAboveIt() async throws {
    let registry = MetricsRegistry()
    let timer = Timer(label: "martlet_job_seconds", factory: registry)
    timer.recordNanoseconds(100_000)  // exactly the first bound: it belongs there
    timer.recordNanoseconds(3_000_000)
    timer.recordSeconds(1000)
    let text = await registry.text()
    #expect(text.contains("martlet_job_seconds_bucket{le=\"0.0001\"} 1\n"))
    #expect(text.contains("martlet_job_seconds_bucket{le=\"0.0025\"} 1\n"))
    #expect(text.contains("martlet_job_seconds_bucket{le=\"0.005\"} 2\n"))
    #expect(text.contains("martlet_job_seconds_bucket{le=\"600\"} 2\n"))
    #expect(text.contains("martlet_job_seconds_bucket{le=\"+Inf\"} 3\n"))
    #expect(text.contains("martlet_job_seconds_count 3\n"))
    #expect(text.contains("martlet_job_seconds_sum 1000.0031"))
  }

  @Test func labelsFromOutsideCannotGrowMemoryForEver() async {
    let registry = MetricsRegistry()
    for number in 0..<(MetricsRegistry.seriesLimit + 500) {
      Counter(label: "c", dimensions: [("route", "/\(number)")], factory: registry).increment()
    }
    let lines = await registry.text().split(separator: "\n")
    #expect(lines.count == MetricsRegistry.seriesLimit + 1)
  }

  @Test func aDestroyedMetricIsGone() async {
    let registry = MetricsRegistry()
    let meter = Meter(label: "gone", factory: registry)
    meter.set(1)
    meter.destroy()
    #expect(await registry.text() == "")
  }

  @Test func oddNamesAreMadeValid() async {
    let registry = MetricsRegistry()
    Counter(label: "9 lives-left", factory: registry).increment()
    #expect(await registry.text().contains("_9_lives_left 1\n"))
  }

  @Test func concurrentIncrementsAreAllCounted() async {
    let registry = MetricsRegistry()
    await withTaskGroup(of: Void.self) { group in
      for _ in 0..<8 {
        group.addTask {
          let counter = Counter(label: "c", factory: registry)
          let timer = Timer(label: "t", factory: registry)
          for _ in 0..<5000 {
            counter.increment()
            timer.recordNanoseconds(5)
          }
        }
      }
    }
    let text = await registry.text()
    #expect(text.contains("c 40000\n") && text.contains("t_count 40000\n"))
  }

  @Test func theProcessTellsItsMemoryAndCPU() throws {
    let families = Dictionary(
      uniqueKeysWithValues: ProcessMetrics.families().map { ($0.name, $0.samples[0].value) })
    #expect(try #require(families["process_cpu_seconds_total"]) > 0)
    #if os(Linux)
      #expect(try #require(families["process_resident_memory_bytes"]) > 1_000_000)
      #expect(try #require(families["process_open_fds"]) >= 3)
      #expect(try #require(families["process_start_time_seconds"]) > 1_700_000_000)
    #endif
  }
}
