import ArgumentParser
import Runtime
import UserAgents

/// `martlet data`
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data",
    abstract: "The data in the folder of MARTLET_DATA, by which user agents are read.",
    subcommands: [Update.self])

  /// `martlet data update FILE`
  struct Update: ParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Checks a file that scripts/agent-data made, and puts it in the old one's place.")

    @Argument(help: "The file, user-agents.json.")
    var file: String

    func run() throws {
      guard let folder = try ProcessConfiguration.load(.tool).dataFolder else {
        throw CommandFailure("MARTLET_DATA names no folder", status: .usage)
      }
      let data = try AgentDataFile.install(file, in: folder)
      Console.line(
        "\(folder)/\(AgentDataFile.name): \(data.source). Processes read it when they start.")
    }
  }
}
