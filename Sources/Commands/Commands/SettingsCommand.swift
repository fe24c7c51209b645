import ArgumentParser
import Runtime

/// `martlet settings`
struct SettingsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "settings",
    abstract: "The product's settings; the list says what each does and from when.",
    subcommands: [List.self, Get.self, Set.self, Reset.self], defaultSubcommand: List.self)

  /// `martlet settings list`
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists the settings with type, default and effect.")

    @OptionGroup var output: OutputOptions

    func run() async throws {
      try await Tool.run { tool in
        let entries = try await tool.backends.settings.list()
        if output.json { return try Console.json(entries) }
        var table = Table(
          .text("NAME"), .text("VALUE"), .text("DEFAULT"), .text("TYPE"), .text("EFFECT"))
        for entry in entries {
          table.add(entry.name, entry.value, entry.default, entry.type, entry.effect)
        }
        table.print(whenEmpty: "There are no settings.")
      }
    }
  }

  /// `martlet settings get NAME`
  struct Get: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Prints one setting's value.")

    @Argument(help: "The setting.")
    var name: String

    @OptionGroup var output: OutputOptions

    func run() async throws {
      try await Tool.run { tool in
        let entries = try await tool.backends.settings.list()
        guard let entry = entries.first(where: { $0.name == name }) else {
          throw Settings.Problem.unknown(name)
        }
        if output.json { return try Console.json(entry) }
        Console.line(entry.value)
      }
    }
  }

  /// `martlet settings set NAME VALUE`
  struct Set: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Sets a setting.")

    @Argument(help: "The setting.")
    var name: String

    @Argument(help: "Its new value.")
    var value: String

    func run() async throws {
      try await Tool.run { tool in
        try await tool.backends.settings.set(
          name, to: value, by: .commandLine, now: tool.backends.clock.now)
        Console.line("\(name) = \(value)")
      }
    }
  }

  /// `martlet settings reset NAME`
  struct Reset: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Goes back to a setting's default.")

    @Argument(help: "The setting.")
    var name: String

    func run() async throws {
      try await Tool.run { tool in
        let settings = tool.backends.settings
        try await settings.reset(name, by: .commandLine, now: tool.backends.clock.now)
        let value = try await settings.list().first { $0.name == name }?.value ?? ""
        Console.line("\(name) = \(value)")
      }
    }
  }
}
