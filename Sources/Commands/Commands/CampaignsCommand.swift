import ArgumentParser
import Campaigns
import Foundation
import JobQueue
import Postgres

/// `martlet campaigns`
struct CampaignsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "campaigns",
    abstract: "Campaigns: list and show them, carry them between installations.",
    subcommands: [
      List.self, Show.self, ImportDocument.self, ExportDocument.self, Members.self, Rebuild.self,
      Simulate.self,
    ], defaultSubcommand: List.self)

  /// `martlet campaigns list`
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists the campaigns with their state, events and members.")

    @OptionGroup var output: OutputOptions

    func run() async throws {
      try await Tool.run { tool in
        let rows = try await CampaignDesk(tool).rows()
        if output.json { return try Console.json(rows) }
        var table = Table(
          .figure("ID"), .text("NAME"), .text("STATE"), .figure("EVENTS"), .figure("SOURCES"),
          .figure("MEMBERS"), .text("RESTART"))
        for row in rows {
          table.add(
            "\(row.id)", row.name, row.state, "\(row.events)", "\(row.sources)", "\(row.members)",
            row.allowRestart ? "yes" : "no")
        }
        table.print(whenEmpty: "There are no campaigns.")
      }
    }
  }

  /// `martlet campaigns show ID`
  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Shows a campaign as a tree of its events, with what they came to.")

    @Argument(help: "The campaign's id.") var id: Int64
    @OptionGroup var output: OutputOptions

    func run() async throws {
      try await Tool.run { tool in
        let desk = CampaignDesk(tool)
        let picture = try await desk.picture(of: try await desk.find(id))
        if output.json { return try Console.json(picture) }
        Console.line("\(picture.id)  \(picture.name)  (\(picture.state))")
        Console.line("\(picture.members) members")
        for source in picture.sources { Console.line("source: \(source)") }
        for warning in picture.warnings { Console.line("warning: \(warning)") }
        for event in picture.events {
          let path = event.path.map { "\($0): " } ?? ""
          Console.line(
            String(repeating: "  ", count: event.depth)
              + "- \(path)\(event.name) [\(event.type), \(event.when)]"
              + " executed \(event.executed), scheduled \(event.scheduled), failed \(event.failed)")
        }
      }
    }
  }

  /// `martlet campaigns import FILE`
  struct ImportDocument: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "import",
      abstract: "Makes campaigns from a document, of Martlet or of Mautic; they are not published.",
      discussion:
        "All of them are made or none. What they name and is not here is left out and told.")

    @Argument(help: "The file; - reads standard input.") var file: String
    @OptionGroup var output: OutputOptions

    func run() async throws {
      let document = try CampaignFile.read(file)
      try await Tool.run { tool in
        let imported = try await CampaignDesk(tool).load(document)
        if output.json { return try Console.json(imported) }
        for campaign in imported {
          Console.line("imported \(campaign.name) as \(campaign.id), not published")
          for missing in campaign.missing { Console.error("martlet: missing: \(missing)") }
        }
      }
    }
  }

  /// `martlet campaigns export ID`
  struct ExportDocument: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "export", abstract: "Writes a campaign as one JSON document.")

    @Argument(help: "The campaign's id.") var id: Int64
    @Option(name: .shortAndLong, help: "The file to write; standard output unless given.")
    var file: String?
    @OptionGroup var output: OutputOptions

    func run() async throws {
      try await Tool.run { tool in
        guard let document = try await tool.backends.campaigns.documents.document(of: id) else {
          throw CommandFailure("there is no campaign \(id)")
        }
        guard let file else { return try Console.json(document) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        try encoder.encode(document).write(to: URL(fileURLWithPath: file), options: .atomic)
        if output.json { try Console.json(["file": file]) } else { Console.line("wrote \(file)") }
      }
    }
  }

  /// `martlet campaigns members ID`
  struct Members: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists the members of a campaign and how far they are.")

    @Argument(help: "The campaign's id.") var id: Int64
    @Option(help: "So many at most.") var limit = 100
    @Option(help: "So many from the beginning are left out.") var start = 0
    @OptionGroup var output: OutputOptions

    func validate() throws {
      if !(1...100_000).contains(limit) || start < 0 {
        throw ValidationError("--limit is from 1 to 100000, --start at least 0")
      }
    }

    func run() async throws {
      try await Tool.run { tool in
        let desk = CampaignDesk(tool)
        let rows = try await desk.members(
          of: try await desk.find(id).id, start: start, limit: limit)
        if output.json { return try Console.json(rows) }
        var table = Table(
          .figure("CONTACT"), .text("ADDED"), .figure("ROTATION"), .text("BY"), .text("STATE"),
          .text("NEXT"))
        for row in rows {
          table.add(
            "\(row.contact)", row.added.formatted(.iso8601), "\(row.rotation)",
            row.byHand ? "hand" : "segment", row.state,
            row.next.map { $0.formatted(.iso8601) } ?? "")
        }
        table.print(whenEmpty: "The campaign has no members.")
      }
    }
  }

  /// `martlet campaigns rebuild ID`
  struct Rebuild: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Brings the members of a campaign in line with its sources, by a job.")

    @Argument(help: "The campaign's id.") var id: Int64
    @Flag(help: "Also prove its statistics from the log.") var statistics = false
    @OptionGroup var output: OutputOptions

    func run() async throws {
      try await Tool.run { tool in
        let campaign = try await CampaignDesk(tool).find(id)
        let campaigns = tool.backends.campaigns
        var jobs: [String] = []
        if statistics {
          jobs.append("\(try await campaigns.repairStatistics(of: campaign.id))")
        }
        if let job = try await campaigns.update(campaign.id) {
          jobs.append("\(job)")
        } else if !statistics {
          throw CommandFailure("\(campaign.name) is not live: nobody is added")
        }
        if output.json { return try Console.json(["jobs": jobs]) }
        for job in jobs { Console.line("job \(job)") }
      }
    }
  }
}
