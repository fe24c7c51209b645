import ArgumentParser
import JobQueue
import Runtime

/// `martlet wait --idle`
struct WaitCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "wait",
    abstract: "Waits until no job is ready, under way, in retry, or due by the clock.",
    discussion: "Exit status 1 where that does not come to pass in time.")

  @Flag(help: "Wait for idleness.")
  var idle = false

  @Option(help: "The longest to wait, such as 60, 90s or 5m; without it there is no end.")
  var timeout: String?

  func validate() throws {
    guard idle else { throw ValidationError("say what to wait for: --idle") }
    if let timeout, DurationText.parse(timeout) == nil {
      throw ValidationError("--timeout \(timeout) is not a duration such as 60, 90s or 5m")
    }
  }

  func run() async throws {
    let limit = timeout.flatMap(DurationText.parse)
    try await Tool.run { tool in
      let start = ContinuousClock.now
      var bar = ProgressBar()
      var pause = Duration.milliseconds(20)
      while true {
        let behind = try await tool.backends.behind()
        if behind.isEmpty { break }
        if let limit, ContinuousClock.now - start >= limit {
          bar.end()
          throw CommandFailure(
            "not idle after \(limit.seconds) s: \(behind.joined(separator: "; "))")
        }
        if Console.errorIsTerminal {
          bar.show(done: try await open(tool), total: nil, "jobs to do:")
        }
        try await Task.sleep(for: pause)
        pause = min(pause * 2, .milliseconds(200))
      }
      bar.end()
    }
  }

  private func open(_ tool: Tool) async throws -> Int {
    try await tool.backends.jobs.queues().map { $0.depth + $0.running }.reduce(0, +)
  }
}
