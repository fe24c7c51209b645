import ArgumentParser
import Foundation
import Postgres
import Processes

/// `martlet migrate`
struct MigrateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "migrate",
    abstract: "Brings the database's schema up to date; safe to run from many machines at once.")

  @Flag(help: "Only show what has run and what is pending.")
  var status = false

  @OptionGroup var output: OutputOptions

  func run() async throws {
    try await Tool.run { tool in
      if status {
        try await showStatus(tool)
      } else {
        try await migrate(tool)
      }
    }
  }

  private func migrate(_ tool: Tool) async throws {
    let names = try await Schema.migrator.run(on: tool.backends.postgres)
    if output.json {
      try Console.json(["applied": names])
    } else if names.isEmpty {
      Console.line("The schema is up to date.")
    } else {
      for name in names { Console.line("applied \(name)") }
    }
  }

  private func showStatus(_ tool: Tool) async throws {
    let rows = try await Schema.migrator.status(on: tool.backends.postgres)
    if output.json {
      try Console.json(rows.map(Row.init))
    } else {
      var table = Table(.text("MIGRATION"), .text("APPLIED"))
      for row in rows.map(Row.init) {
        let when = row.appliedAt?.formatted(.iso8601) ?? "pending"
        table.add(row.name, row.isKnown ? when : "\(when), by a newer version")
      }
      table.print(whenEmpty: "There are no migrations.")
    }
    if rows.contains(where: { $0.isKnown && $0.appliedAt == nil }) { throw ExitCode(1) }
  }

  private struct Row: Encodable {
    let name: String
    let appliedAt: Date?
    let isKnown: Bool

    init(_ status: Migrator.Status) {
      name = status.name
      appliedAt = status.appliedAt
      isKnown = status.isKnown
    }
  }
}
