import ArgumentParser
import Foundation
import Segments
import Users

/// `martlet segments`
struct SegmentsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "segments", abstract: "Segments: list, rebuild and delete them.",
    subcommands: [List.self, Rebuild.self, Delete.self], defaultSubcommand: List.self)

  /// `martlet segments list`
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists the segments with their members, and which of them need attention.")

    @OptionGroup var output: OutputOptions

    func run() async throws {
      try await Tool.run { tool in
        let store = SegmentStore(pool: tool.backends.postgres)
        let segments = try await store.list()
        let counts = try await store.counts(segments.map(\.id))
        let warnings = try await tool.backends.segmentWarnings()
        let now = tool.backends.clock.now
        let rows = segments.map {
          SegmentRow($0, members: counts[$0.id] ?? 0, warnings: warnings, now: now)
        }
        if output.json { return try Console.json(rows) }
        var table = Table(
          .figure("ID"), .text("ALIAS"), .text("NAME"), .figure("MEMBERS"), .figure("FILTERS"),
          .text("PUBLISHED"), .text("BUILT"), .figure("SECONDS"), .text("ATTENTION"))
        for row in rows {
          table.add(
            "\(row.id)", row.alias, row.name, "\(row.members)", "\(row.filters)",
            row.published ? "yes" : "no",
            row.builtAt.map { Age.text(now.timeIntervalSince($0)) + " ago" } ?? "",
            row.seconds.map { String(format: "%.1f", $0) } ?? "", row.attention)
        }
        table.print(whenEmpty: "There are no segments.")
      }
    }
  }

  /// `martlet segments rebuild [ALIAS or ID …]`
  struct Rebuild: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Finds the members of segments anew, and waits for it.",
      discussion: "Without a name all published segments, those that others refer to first.")

    @Argument(help: "Aliases or ids.")
    var names: [String] = []

    @Option(help: "With all segments: one to leave out, by its alias or id; may be repeated.")
    var except: [String] = []

    @Option(help: "Of the named segments: the most contacts to add and remove in each.")
    var max: Int?

    @OptionGroup var output: OutputOptions

    func validate() throws {
      if !names.isEmpty, !except.isEmpty {
        throw ValidationError("--except goes with all segments, not with named ones")
      }
      if let max, max < 1 || names.isEmpty {
        throw ValidationError("--max is at least 1 and goes with named segments")
      }
    }

    func run() async throws {
      try await Tool.run { tool in
        let desk = SegmentDesk(tool)
        let (chosen, unknown) = try await desk.find(names)
        let (left, alsoUnknown) = try await desk.find(except)
        for name in unknown + alsoUnknown { Console.error("martlet: there is no segment \(name)") }
        var failed = !(unknown + alsoUnknown).isEmpty
        let rows =
          names.isEmpty
          ? (alsoUnknown.isEmpty ? try await desk.rebuildAll(except: left) : [])
          : try await desk.rebuild(chosen, limit: max)
        for row in rows {
          if let error = row.error {
            failed = true
            Console.error("martlet: \(row.alias): \(error)")
          }
        }
        if output.json {
          for row in rows { try Console.json(row) }
        } else {
          var table = Table(
            .figure("ID"), .text("ALIAS"), .figure("ADDED"), .figure("REMOVED"),
            .figure("MEMBERS"), .figure("SECONDS"))
          for row in rows {
            table.add(
              "\(row.id)", row.alias, "\(row.added)", "\(row.removed)", "\(row.members)",
              String(format: "%.1f", row.seconds ?? 0))
          }
          table.print(whenEmpty: "No segment was rebuilt.")
        }
        if failed { throw ExitCode(1) }
      }
    }
  }

  /// `martlet segments delete ALIAS or ID …`
  struct Delete: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Deletes segments; contacts stay. One that others' filters name stays too.")

    @Argument(help: "Aliases or ids.")
    var names: [String]

    @Flag(help: "Also those that other segments need; these keep their members and are flagged.")
    var force = false

    @OptionGroup var output: OutputOptions

    func run() async throws {
      try await Tool.run { tool in
        let desk = SegmentDesk(tool)
        let (chosen, unknown) = try await desk.find(names)
        for name in unknown { Console.error("martlet: there is no segment \(name)") }
        let result = try await desk.editor.delete(
          chosen.map(\.id), force: force,
          by: .init(id: nil, name: Author.commandLine.name, isAdministrator: true))
        for refusal in result.refused { Console.error("martlet: \(refusal.error)") }
        if output.json {
          try Console.json(
            DeletionRow(
              deleted: result.deleted.map(\.alias), refused: result.refused.map(\.segment.alias)))
        } else {
          for segment in result.deleted { Console.line("deleted \(segment.alias)") }
        }
        if !unknown.isEmpty || !result.refused.isEmpty { throw ExitCode(1) }
      }
    }
  }
}

/// The outcome of deleting segments.
private struct DeletionRow: Encodable {
  var deleted: [String]
  var refused: [String]
}
