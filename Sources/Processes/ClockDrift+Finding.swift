import Primitives

extension ClockDrift {
  /// Returns the finding about a clock. Scheduled work is due by the clocks of all machines: they must agree.
  func finding(_ name: String) -> Finding {
    let milliseconds = Int(saturating: (seconds * 1000).rounded())
    let mend = "let NTP keep the clocks of both machines (timedatectl set-ntp true)"
    let text = "\(milliseconds) ms from this machine's"
    if certain > 2 { return .failure(name, text, mend: mend) }
    if certain > 0.1 { return .warning(name, text, mend: mend) }
    return .ok(name, text)
  }
}
