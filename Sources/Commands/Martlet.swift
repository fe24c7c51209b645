package import ArgumentParser
import Foundation
import Processes
import Runtime

/// The operator's command line.
package struct Martlet: AsyncParsableCommand {
  package static let configuration = CommandConfiguration(
    commandName: "martlet",
    abstract: "Runs and watches Martlet, the marketing-automation engine.",
    discussion: """
      Configured by the same variables as the processes: MARTLET_DATABASE_URL, MARTLET_REDIS_URL \
      and so on, or a file that MARTLET_CONFIG names. Exit status: 0 done, 1 the work failed, \
      2 wrong usage.
      """,
    version: Version.text, subcommands: commands)

  package init() {}

  /// Parses, runs, and ends with the exit status that the outcome has.
  package static func start() async {
    Memory.limitArenas()
    do {
      var command = try parseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      Foundation.exit(status(of: error))
    }
  }

  /// Prints the error and returns its exit status.
  private static func status(of error: any Error) -> Int32 {
    if let exit = error as? ExitCode { return exit.rawValue }
    if let failure = error as? CommandFailure {
      Console.error(failure.description)
      return failure.status.rawValue
    }
    if let problems = error as? ConfigurationError {
      Console.error(problems.description)
      return ExitStatus.usage.rawValue
    }
    let text = fullMessage(for: error)
    switch exitCode(for: error) {
    case .success:
      print(text)
      return ExitStatus.done.rawValue
    case .validationFailure:
      Console.error(text)
      return ExitStatus.usage.rawValue
    default:
      Console.error("martlet: \(Redaction.redact(Problem.text(of: error)))")
      return ExitStatus.failed.rawValue
    }
  }
}
