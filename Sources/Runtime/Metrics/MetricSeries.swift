import Metrics
import Synchronization

/// One name with one set of labels.
protocol MetricSeries: AnyObject, Sendable {
  var name: String { get }
  var labels: [(String, String)] { get }
  func write(to text: inout PrometheusText)
}

/// A count that only grows.
final class CounterSeries: MetricSeries, CounterHandler {
  let name: String
  let labels: [(String, String)]
  private let value = Atomic<Int64>(0)

  init(_ name: String, _ labels: [(String, String)]) {
    self.name = name
    self.labels = labels
  }

  func increment(by amount: Int64) { value.wrappingAdd(amount, ordering: .relaxed) }

  func reset() { value.store(0, ordering: .relaxed) }

  func write(to text: inout PrometheusText) {
    text.sample(name, labels, Double(value.load(ordering: .relaxed)))
  }
}

/// A figure that goes up and down.
final class GaugeSeries: MetricSeries, MeterHandler, RecorderHandler {
  let name: String
  let labels: [(String, String)]
  private let value = Mutex(0.0)

  init(_ name: String, _ labels: [(String, String)]) {
    self.name = name
    self.labels = labels
  }

  func set(_ value: Int64) { set(Double(value)) }
  func set(_ value: Double) { self.value.withLock { $0 = value } }
  func increment(by amount: Double) { value.withLock { $0 += amount } }
  func decrement(by amount: Double) { value.withLock { $0 -= amount } }
  func record(_ value: Int64) { set(value) }
  func record(_ value: Double) { set(value) }

  func write(to text: inout PrometheusText) {
    text.sample(name, labels, value.withLock { $0 })
  }
}

/// Upper bounds of a histogram's buckets; fixed, so that figures of all processes add up.
enum Buckets {
  /// From a tenth of a millisecond (a no-op job) to ten minutes (a large part of an import).
  static let seconds: [Double] = [
    0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5,
    10, 30, 60, 120, 600,
  ]
  /// Sizes and counts.
  static let numbers: [Double] = [
    1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000, 1_000_000,
  ]
}

/// Observations by bucket, with their number and sum.
final class HistogramSeries: MetricSeries, TimerHandler, RecorderHandler {
  private struct State {
    var counts: [Int]
    var sum = 0.0
  }

  let name: String
  let labels: [(String, String)]
  private let bounds: [Double]
  private let state: Mutex<State>

  init(_ name: String, _ labels: [(String, String)], bounds: [Double]) {
    self.name = name
    self.labels = labels
    self.bounds = bounds
    state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
  }

  func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
  func record(_ value: Int64) { record(Double(value)) }

  func record(_ value: Double) {
    guard !value.isNaN else { return }
    // A bucket holds what is less than or equal to its bound: the first bound not below it.
    var low = 0
    var high = bounds.count
    while low < high {
      let middle = (low + high) / 2
      if bounds[middle] < value { low = middle + 1 } else { high = middle }
    }
    state.withLock { state in
      state.counts[low] += 1
      state.sum += value
    }
  }

  func write(to text: inout PrometheusText) {
    let now = state.withLock { $0 }
    var total = 0
    for (bound, count) in zip(bounds + [.infinity], now.counts) {
      total += count
      text.sample("\(name)_bucket", labels + [("le", PrometheusText.number(bound))], Double(total))
    }
    text.sample("\(name)_sum", labels, now.sum)
    text.sample("\(name)_count", labels, Double(total))
  }
}
