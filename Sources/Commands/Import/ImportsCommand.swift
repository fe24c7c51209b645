import ArgumentParser
import Runtime

/// `martlet imports`
struct ImportsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "imports", abstract: "Imports that have ended: undo them.",
    subcommands: [Undo.self])

  /// `martlet imports undo ID`
  struct Undo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Removes the contacts that an import made, and waits for it.",
      discussion: """
        Contacts to whom something has happened since are kept, and so is what the import changed in \
        contacts that were there before.
        """)

    @Argument(help: "The number of the import.")
    var id: Int64

    @Flag(inversion: .prefixedNo, help: "Wait for the end.")
    var watch = true

    @OptionGroup var output: OutputOptions

    @OptionGroup var remote: RemoteOptions

    func run() async throws {
      if let api = try remote.api() {
        let desk = try RemoteImports(url: api.url, user: api.user, password: api.password)
        try await run(desk)
      } else {
        try await Tool.run { tool in try await run(DirectImports(tool)) }
      }
    }

    private func run(_ desk: any ImportDesk) async throws {
      try await desk.undo(id)
      var bar = ProgressBar()
      defer { bar.end() }
      while let state = try await desk.undoing(id) {
        if state.ended || !watch {
          bar.end()
          if output.json { try Console.json(state) } else { Console.line(state.line) }
          return
        }
        bar.show(done: state.removed + state.kept, total: nil, "contacts looked at:")
        try await Task.sleep(for: .milliseconds(150))
      }
    }
  }
}
