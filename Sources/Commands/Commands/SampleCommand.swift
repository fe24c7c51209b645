import ArgumentParser

/// `martlet sample`
struct SampleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sample",
    abstract: "Sample data: an example with everything in it, or a list of contacts.",
    subcommands: [Fill.self, ContactCSV.self], defaultSubcommand: Fill.self)
}
