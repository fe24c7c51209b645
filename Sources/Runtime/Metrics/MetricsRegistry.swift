package import Metrics
import Synchronization

/// The process's metrics: the backend of swift-metrics, and the text that Prometheus scrapes.
///
/// Asking for a metric that exists is one dictionary look-up and changing it one atomic addition
/// (a histogram: one uncontended lock), so that hot paths can afford them.
package final class MetricsRegistry: MetricsFactory, Sendable {
  /// Label values come from outside (routes, job names): beyond this many series of one name a
  /// further one is counted nowhere, rather than growing memory forever.
  static let seriesLimit = 2000

  struct SeriesKey: Hashable {
    let name: String
    let labels: [String]
  }

  struct State {
    var kinds: [String: MetricFamily.Kind] = [:]
    var seriesCount: [String: Int] = [:]
    var series: [SeriesKey: any MetricSeries] = [:]
    var collectors: [@Sendable () async -> [MetricFamily]] = []
  }

  let state = Mutex(State())

  /// An empty registry.
  package init() {}

  /// Adds figures that are read at each scrape, such as the depth of a queue.
  /// - Parameter collector: Called at every scrape; it should answer within a second.
  package func collect(_ collector: @escaping @Sendable () async -> [MetricFamily]) {
    state.withLock { $0.collectors.append(collector) }
  }

  /// The series of this name and these labels, made where it does not exist.
  private func series<S: MetricSeries>(
    _ label: String, _ dimensions: [(String, String)], _ kind: MetricFamily.Kind,
    _ make: (_ name: String, _ labels: [(String, String)]) -> S
  ) -> S {
    let key = SeriesKey(name: label, labels: dimensions.flatMap { [$0.0, $0.1] })
    return state.withLock { state in
      if let known = state.series[key] as? S { return known }
      let made = make(PrometheusText.name(label), dimensions)
      let held = state.kinds[label, default: kind]
      let count = state.seriesCount[label, default: 0]
      // A name has one kind: the first use decides, a later one of another kind is not shown.
      if held == kind, count < Self.seriesLimit, state.series[key] == nil {
        state.kinds[label] = kind
        state.seriesCount[label] = count + 1
        state.series[key] = made
      }
      return made
    }
  }

  private func forget(_ handler: AnyObject) {
    state.withLock { state in
      guard let found = state.series.first(where: { $0.value === handler }) else { return }
      state.series[found.key] = nil
      state.seriesCount[found.key.name, default: 1] -= 1
    }
  }

  // MARK: swift-metrics

  /// A counter; shown as it is named.
  package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
    series(label, dimensions, .counter, CounterSeries.init)
  }

  /// A gauge that can be set, raised and lowered.
  package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
    series(label, dimensions, .gauge, GaugeSeries.init)
  }

  /// A histogram where the recorder aggregates, else a gauge.
  package func makeRecorder(
    label: String, dimensions: [(String, String)], aggregate: Bool
  ) -> any RecorderHandler {
    guard aggregate else { return series(label, dimensions, .gauge, GaugeSeries.init) }
    let bounds = label.hasSuffix("_seconds") ? Buckets.seconds : Buckets.numbers
    return series(label, dimensions, .histogram) { HistogramSeries($0, $1, bounds: bounds) }
  }

  package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
    series(label, dimensions, .histogram) { HistogramSeries($0, $1, bounds: Buckets.seconds) }
  }

  /// Takes the counter out of the text.
  package func destroyCounter(_ handler: any CounterHandler) { forget(handler) }
  /// Takes the gauge out of the text.
  package func destroyMeter(_ handler: any MeterHandler) { forget(handler) }
  /// Takes the recorder out of the text.
  package func destroyRecorder(_ handler: any RecorderHandler) { forget(handler) }
  /// Takes the histogram out of the text.
  package func destroyTimer(_ handler: any TimerHandler) { forget(handler) }
}
