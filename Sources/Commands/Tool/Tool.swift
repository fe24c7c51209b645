import ArgumentParser
import Foundation
import Logging
import Processes
import Runtime

/// The configuration and connections of a command.
struct Tool: Sendable {
  let configuration: ProcessConfiguration
  let backends: Backends

  /// Connects, runs, and closes.
  /// - Parameters:
  ///   - warns: Whether unknown variables are named on standard error.
  ///   - body: The command.
  /// - Throws: `ConfigurationError`, or what the command throws.
  static func run(
    warns: Bool = true, _ body: (Tool) async throws -> Void
  ) async throws {
    var configuration = try ProcessConfiguration.load(.tool)
    // A command's answer is its output; its log is only for what goes wrong.
    if ProcessInfo.processInfo.environment["MARTLET_LOG_LEVEL"] == nil {
      configuration.logLevel = .error
    }
    configuration.databasePool = min(configuration.databasePool, 4)
    for warning in configuration.warnings where warns { Console.error("martlet: \(warning)") }
    let logger = Logs.logger("martlet", configuration, toStandardError: true)
    let backends = try Backends(configuration, logger: logger)
    let result: Result<Void, any Error>
    do {
      _ = try await backends.testClock?.refresh()
      result = .success(try await body(Tool(configuration: configuration, backends: backends)))
    } catch {
      result = .failure(error)
    }
    await backends.close()
    try result.get()
  }
}

/// `--json`, which every command that answers with figures takes.
struct OutputOptions: ParsableArguments {
  @Flag(name: .long, help: "Print JSON instead of a table.")
  var json = false
}
