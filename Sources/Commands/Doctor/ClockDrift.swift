import Foundation
import Primitives

/// The difference between a server's clock and this machine's.
enum ClockDrift {
  /// An offset and its uncertainty.
  struct Measurement {
    var seconds: Double
    var uncertainty: Double
  }

  /// Asks three times and keeps the answer with the shortest round trip.
  static func measure(_ ask: () async throws -> Date) async throws -> Measurement {
    var best: Measurement?
    for _ in 0..<3 {
      let before = Date()
      let server = try await ask()
      let after = Date()
      let half = after.timeIntervalSince(before) / 2
      let middle = before.addingTimeInterval(half)
      if half < best?.uncertainty ?? .infinity {
        best = Measurement(seconds: server.timeIntervalSince(middle), uncertainty: half)
      }
    }
    return best ?? Measurement(seconds: 0, uncertainty: 0)
  }

  /// Scheduled work is due by the clocks of all machines: they must agree.
  static func finding(_ name: String, _ drift: Measurement) -> Finding {
    let sure = max(0, abs(drift.seconds) - drift.uncertainty)
    let milliseconds = Int(saturating: (drift.seconds * 1000).rounded())
    let mend = "let NTP keep the clocks of both machines (timedatectl set-ntp true)"
    let text = "\(milliseconds) ms from this machine's"
    if sure > 2 { return .failure(name, text, mend: mend) }
    if sure > 0.1 { return .warning(name, text, mend: mend) }
    return .ok(name, text)
  }
}
