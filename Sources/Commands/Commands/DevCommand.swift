import ArgumentParser
import Processes

/// `martlet dev`
struct DevCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "dev",
    abstract: "Runs the API, a worker and the scheduler in one process, after migrating.")

  func run() async throws {
    await MartletProcess.main(.dev)
  }
}
