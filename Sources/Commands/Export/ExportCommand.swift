import ArgumentParser
package import Exports
import Foundation
import Runtime

/// `martlet export`
struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Exports contacts to a file.",
    discussion: """
      Asks the database of MARTLET_DATABASE_URL, as an operator: no login is needed. With --url an \
      API elsewhere is asked. A worker makes the file, which is then fetched. Without --segment \
      and --search it holds all contacts; visitors nobody knows are left out unless the search has \
      is:anonymous. In a CSV, texts that a spreadsheet would run as formulas begin with a '; --raw \
      leaves them as they are, for another import.
      """)

  @Option(help: "Only active members of the segment with this alias.")
  var segment: String?

  @Option(help: "Only contacts that this search finds.")
  var search: String?

  @Option(help: "The kind of file: \(ExportFormat.list).")
  var format: ExportFormat = .csv

  @Option(help: "A column; may be repeated. All fields without.")
  var column: [String] = []

  @Flag(help: "Leave texts as they are that a spreadsheet would run.")
  var raw = false

  @Flag(help: "Begin a CSV with a byte-order mark, by which Excel knows UTF-8.")
  var bom = false

  @Option(help: "The character between two values of a CSV: a comma, a semicolon, tab or |.")
  var delimiter: String?

  @Flag(help: "Pack the file with gzip.")
  var gzip = false

  @Option(
    name: [.customShort("o"), .long], help: "The file to write; - is standard output.",
    completion: .file())
  var output: String

  @OptionGroup var style: OutputOptions

  @OptionGroup var remote: RemoteOptions

  func validate() throws {
    if let delimiter, ExportOptions.delimiter(delimiter) == nil {
      throw ValidationError("--delimiter must be a comma, a semicolon, tab or |")
    }
    if style.json, output == "-" {
      throw ValidationError("--json and the file cannot both go to standard output")
    }
  }

  func run() async throws {
    let file = try ExportTarget(output)
    let api = try remote.api()
    do {
      if let api {
        let desk = try RemoteExports(url: api.url, user: api.user, password: api.password)
        try await run(desk, file)
      } else {
        try await Tool.run { tool in try await run(DirectExports(tool), file) }
      }
    } catch {
      file.discard()
      throw error
    }
  }

  private func run(_ desk: any ExportDesk, _ file: ExportTarget) async throws {
    let wish = ExportWish(
      format: format, segment: segment, search: search, columns: column.isEmpty ? nil : column,
      raw: raw, byteOrderMark: bom,
      delimiter: delimiter.flatMap(ExportOptions.delimiter), gzip: gzip)
    let asked = try await desk.ask(wish)
    let export = try await follow(asked.id, desk)
    if export.status == ExportStatus.ready.name {
      try await desk.fetch(export, into: file.handle)
      try file.keep()
    }
    if style.json { try Console.json(export) } else { export.print(to: output) }
    if export.status != ExportStatus.ready.name {
      file.discard()
      throw ExitCode(1)
    }
  }

  /// Shows the progress until the file exists, or never will.
  private func follow(_ id: Int64, _ desk: any ExportDesk) async throws -> ExportSummary {
    var bar = ProgressBar()
    defer { bar.end() }
    while true {
      let export = try await desk.summary(id)
      switch export.status {
      case ExportStatus.queued.name:
        bar.show(done: 0, total: nil, "waiting for a worker; contacts done:")
      case ExportStatus.inProgress.name:
        bar.show(done: Int(export.done), total: export.contacts.map(Int.init), "contacts")
      default: return export
      }
      try await Task.sleep(for: .milliseconds(150))
    }
  }
}

extension ExportFormat: ExpressibleByArgument {}
