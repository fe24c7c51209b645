/// The processes of an installation, which a test kills and replaces.
public final class Crew {
  private let installation: Installation
  private let environment: [String: String]
  /// The processes, in the order of their start.
  public private(set) var members: [(program: String, process: Child)] = []

  /// Starts a number of each program; an API listens where the environment says.
  public init(
    _ installation: Installation, workers: Int = 2, schedulers: Int = 1, apis: Int = 0,
    environment: [String: String] = [:]
  ) throws {
    self.installation = installation
    self.environment = environment
    for program in Array(repeating: "martlet-worker", count: workers)
      + Array(repeating: "martlet-scheduler", count: schedulers)
      + Array(repeating: "martlet-api", count: apis)
    {
      members.append((program, try installation.spawn(program, environment: environment)))
    }
  }

  /// `kill -9` of the member at `index`, and a new process in its place.
  public func replace(_ index: Int) throws {
    members[index].process.kill()
    members[index].process = try installation.spawn(
      members[index].program, environment: environment)
  }

  /// The last output of each member that is no longer running.
  public var casualties: String {
    members.filter { !$0.process.isRunning }
      .map { "\($0.program) ended: \($0.process.output.suffix(2_000))" }
      .joined(separator: "\n")
  }
}
