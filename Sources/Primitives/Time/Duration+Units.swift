extension Duration {
  /// The duration in seconds, with its fraction.
  package var seconds: Double {
    Double(components.seconds) + Double(components.attoseconds) / 1e18
  }

  /// The duration in whole milliseconds, without the rest; saturating (after about 292 million years).
  package var milliseconds: Int { Int(whole(perSecond: 1_000)) }

  /// The duration in whole nanoseconds, without the rest; saturating (after about 292 years).
  package var nanoseconds: Int64 { whole(perSecond: 1_000_000_000) }

  private func whole(perSecond units: Int64) -> Int64 {
    let (seconds, attoseconds) = components
    let (product, overflow) = seconds.multipliedReportingOverflow(by: units)
    if overflow { return seconds < 0 ? .min : .max }
    let (sum, overflowed) = product.addingReportingOverflow(
      attoseconds / (1_000_000_000_000_000_000 / units))
    return overflowed ? (seconds < 0 ? .min : .max) : sum
  }
}
