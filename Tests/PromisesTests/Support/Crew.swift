import Foundation
import TestSupport

/// The processes that do the work of an installation, of which a test kills and replaces one after
/// the other.
final class Crew {
  private let installation: Installation
  private let environment: [String: String]
  private(set) var members: [(program: String, process: Child)] = []

  /// Starts `workers` workers and `schedulers` schedulers.
  init(
    _ installation: Installation, workers: Int = 2, schedulers: Int = 1,
    environment: [String: String] = [:]
  ) throws {
    self.installation = installation
    self.environment = environment
    for program in Array(repeating: "martlet-worker", count: workers)
      + Array(repeating: "martlet-scheduler", count: schedulers)
    {
      members.append((program, try installation.spawn(program, environment: environment)))
    }
  }

  /// `kill -9` of the member at `index`, and a new process in its place.
  func replace(_ index: Int) throws {
    members[index].process.kill()
    members[index].process = try installation.spawn(
      members[index].program, environment: environment)
  }

  /// What each member that is no longer running wrote at the end.
  var casualties: String {
    members.filter { !$0.process.isRunning }
      .map { "\($0.program) ended: \($0.process.output.suffix(2_000))" }
      .joined(separator: "\n")
  }
}
