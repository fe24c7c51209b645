package import Foundation
import Primitives

/// The difference between a server's clock and this machine's.
package struct ClockDrift: Sendable {
  /// The offset; positive if the server is ahead.
  package var seconds: Double
  /// Half of the round trip.
  package var uncertainty: Double

  /// The part of the offset that is certain, without its sign.
  package var certain: Double { max(0, abs(seconds) - uncertainty) }

  /// Creates a difference.
  package init(seconds: Double, uncertainty: Double) {
    self.seconds = seconds
    self.uncertainty = uncertainty
  }

  /// Asks three times and keeps the answer with the shortest round trip.
  package static func measure(_ ask: () async throws -> Date) async throws -> ClockDrift {
    var best: ClockDrift?
    for _ in 0..<3 {
      let (before, start) = (Date(), ContinuousClock.now)
      let server = try await ask()
      let half = (ContinuousClock.now - start).seconds / 2
      let middle = before.addingTimeInterval(half)
      if half < best?.uncertainty ?? .infinity {
        best = ClockDrift(seconds: server.timeIntervalSince(middle), uncertainty: half)
      }
    }
    return best ?? ClockDrift(seconds: 0, uncertainty: 0)
  }

  /// Returns what several servers' clocks agree on, as the most exact of them says, with their disagreement as its
  /// uncertainty; nil if two of them certainly differ by more than `tolerance` seconds.
  static func agreed(_ drifts: [ClockDrift], within tolerance: Double) -> ClockDrift? {
    guard var exact = drifts.min(by: { $0.uncertainty < $1.uncertainty }) else { return nil }
    var widest = exact.uncertainty
    for (index, one) in drifts.enumerated() {
      for other in drifts[(index + 1)...] {
        let apart = abs(one.seconds - other.seconds)
        if apart - one.uncertainty - other.uncertainty > tolerance { return nil }
        widest = max(widest, apart)
      }
    }
    exact.uncertainty = widest
    return exact
  }
}
