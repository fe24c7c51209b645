import ArgumentParser
import Bench

/// `martlet bench`
struct BenchCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench",
    abstract: "Measures Martlet beside the bare servers; one JSON object a line.",
    discussion: """
      Works in a database of its own on the server of MARTLET_DATABASE_URL, and under a prefix of \
      its own on the Redis of MARTLET_REDIS_URL; both are removed at the end.
      """)

  @Argument(help: "What to measure: \(Bench.groups.joined(separator: ", ")); all without.")
  var names: [String] = []

  @Option(help: "Rows of an import, or jobs.")
  var rows: Int?

  @Flag(help: "With console: browsers that watch a campaign, in place of the times of pages.")
  var live = false

  func validate() throws {
    for name in names where !Bench.groups.contains(name) {
      throw ValidationError("there is no benchmark \(name)")
    }
    if live, names != ["console"] { throw ValidationError("--live belongs to console alone") }
    if let rows, rows < 1 { throw ValidationError("--rows must be at least 1") }
  }

  func run() async throws {
    try await Tool.run { tool in
      try await Bench.run(
        names, rows: rows, live: live, databaseURL: tool.configuration.databaseURL,
        redisURL: tool.configuration.redisURL
      ) { result in
        do {
          try Console.json(result)
        } catch {
          Console.error("martlet: a result could not be written: \(error)")
        }
      }
    }
  }
}
