import Foundation

/// One moving line on a terminal: `[=====>    ] 52 %  520000 of 1000000  81000/s  6 s left`.
/// Nothing is drawn where standard error is no terminal.
struct ProgressBar {
  private let start = ContinuousClock.now
  private var drawn = false

  /// Draws the state of the work.
  /// - Parameters:
  ///   - done: The number done.
  ///   - total: The total; nil if it is not known yet.
  ///   - what: The unit counted, or the activity.
  mutating func show(done: Int, total: Int?, _ what: String) {
    guard Console.errorIsTerminal else { return }
    drawn = true
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    let text = Self.text(done: done, total: total, what, seconds: seconds, width: Console.width)
    Console.progress("\r\u{1B}[K" + text)
  }

  /// Leaves the line, so that the next output begins on a fresh one.
  mutating func end() {
    guard drawn else { return }
    drawn = false
    Console.progress("\r\u{1B}[K")
  }

  /// The line's text; separate from drawing so that it can be tested.
  static func text(
    done: Int, total: Int?, _ what: String, seconds: Double, width: Int
  ) -> String {
    guard let total, total > 0 else { return String("\(what) \(done)".prefix(width - 1)) }
    let share = min(1, Double(done) / Double(total))
    var tail = " \(Int(share * 100)) %  \(done) of \(total) \(what)"
    if seconds >= 1, done > 0 {
      let rate = Double(done) / seconds
      tail += "  \(Int(rate))/s"
      if done < total { tail += "  \(Int((Double(total - done) / rate).rounded(.up))) s left" }
    }
    let room = min(40, width - tail.count - 3)
    guard room >= 10 else { return String(tail.dropFirst().prefix(width - 1)) }
    let filled = Int(share * Double(room))
    let bar = String(repeating: "=", count: max(0, filled - 1)) + (filled > 0 ? ">" : "")
    return "[" + bar + String(repeating: " ", count: room - filled) + "]" + tail
  }
}
