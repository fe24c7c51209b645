/// The current figures of one name, as a collector returns them at a scrape.
package struct MetricFamily: Sendable {
  /// The type of the metric, as Prometheus has them.
  package enum Kind: String, Sendable {
    /// Only grows, until the process restarts.
    case counter
    /// Goes up and down.
    case gauge
    /// Counts of observations by bucket.
    case histogram
  }

  /// One figure.
  package struct Sample: Sendable {
    /// Names and values of its labels, in the order they are shown.
    package var labels: [(String, String)]
    package var value: Double

    /// - Parameters:
    ///   - value: The figure.
    ///   - labels: Names and values of its labels.
    package init(_ value: Double, _ labels: [(String, String)] = []) {
      self.labels = labels
      self.value = value
    }
  }

  /// The family's name.
  package var name: String
  /// The type of the metric.
  package var kind: Kind
  package var samples: [Sample]

  /// - Parameters:
  ///   - name: The family's name, such as `martlet_queue_depth`.
  ///   - kind: Counter or gauge.
  ///   - samples: The figures.
  package init(_ name: String, _ kind: Kind, _ samples: [Sample]) {
    self.name = name
    self.kind = kind
    self.samples = samples
  }
}
