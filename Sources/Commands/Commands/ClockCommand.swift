import ArgumentParser
import Foundation
import Primitives
import Processes
import Runtime

/// `martlet clock`
struct ClockCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "clock",
    abstract: "The test clock of processes that run with MARTLET_TEST_CLOCK=1.",
    subcommands: [Show.self, Set.self, Advance.self, Reset.self], defaultSubcommand: Show.self)

  /// `martlet clock show`
  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Prints the time by the clock.")
    @OptionGroup var output: OutputOptions

    func run() async throws {
      try await ClockCommand.withClock(output) { _, offset in offset }
    }
  }

  /// `martlet clock set ISO8601`
  struct Set: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Moves the clock to an instant.")

    @Argument(help: "The instant, such as 2026-03-01T08:59:55Z or 2026-03-01T08:59:55+01:00.")
    var instant: String

    @OptionGroup var output: OutputOptions

    func run() async throws {
      guard let target = Self.parse(instant) else {
        throw ValidationError("\(instant) is not an instant such as 2026-03-01T08:59:55Z")
      }
      try await ClockCommand.withClock(output) { _, _ in
        .milliseconds(Int64(saturating: (target.timeIntervalSinceNow * 1000).rounded()))
      }
    }

    static func parse(_ text: String) -> Date? {
      let formatter = ISO8601DateFormatter()
      for options: ISO8601DateFormatter.Options in [
        [.withInternetDateTime], [.withInternetDateTime, .withFractionalSeconds],
      ] {
        formatter.formatOptions = options
        if let date = formatter.date(from: text) { return date }
      }
      return nil
    }
  }

  /// `martlet clock advance DURATION`
  struct Advance: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Moves the clock forward.")

    @Argument(help: "How far, such as 90s, 2h, 1d12h or PT1H.")
    var duration: String

    @OptionGroup var output: OutputOptions

    func run() async throws {
      guard let step = DurationText.parse(duration) else {
        throw ValidationError("\(duration) is not a duration such as 90s, 2h or PT1H")
      }
      try await ClockCommand.withClock(output) { _, offset in offset + step }
    }
  }

  /// `martlet clock reset`
  struct Reset: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Returns to real time.")
    @OptionGroup var output: OutputOptions

    func run() async throws {
      try await ClockCommand.withClock(output) { _, _ in .zero }
    }
  }

  private struct Row: Encodable {
    let now: String
    let offsetSeconds: Double
  }

  /// Reads the offset, sets what `body` makes of it where that differs, and shows the result.
  fileprivate static func withClock(
    _ output: OutputOptions, _ body: @Sendable (Tool, Duration) throws -> Duration
  ) async throws {
    try await Tool.run { tool in
      guard tool.configuration.environment != .production else {
        throw CommandFailure("the clock of production cannot be moved")
      }
      let backends = tool.backends
      let clock = TestClock(
        redis: backends.redis, prefix: tool.configuration.redisPrefix, logger: backends.logger)
      let old = try await clock.refresh()
      let new = try body(tool, old)
      if new != old {
        try await clock.set(new)
        // Every process has read it when this command returns.
        try await Task.sleep(for: TestClock.refreshInterval * 2)
      }
      let now = TimeText.iso(clock.clock.now)
      if output.json {
        try Console.json(Row(now: now, offsetSeconds: new.seconds))
      } else {
        Console.line("\(now)  (\(new == .zero ? "real time" : "offset \(new.seconds) s"))")
      }
    }
  }
}
