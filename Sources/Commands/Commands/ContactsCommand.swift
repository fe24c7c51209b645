import ArgumentParser
import Contacts
import Fields
import Foundation
import JobQueue

/// `martlet contacts`
struct ContactsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "contacts", abstract: "Contacts: merge those that are the same.",
    subcommands: [Deduplicate.self])

  /// `martlet contacts deduplicate`
  struct Deduplicate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Merges contacts whose unique identifiers are equal, and waits for it.",
      discussion: "Without --any or --all the setting contact_matches_any_identifier decides.")

    @Flag(help: "One equal unique identifier is enough.")
    var any = false

    @Flag(help: "All unique identifiers must be equal.")
    var all = false

    @Flag(help: "Merge newer contacts into the oldest; otherwise older ones into the newest.")
    var intoOldest = false

    @Option(help: "About how many contacts a batch merges away, 1 to 1000.")
    var batch = 100

    @Flag(help: "Only count what would be merged.")
    var dryRun = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
      if any, all { throw ValidationError("say --any or --all, not both") }
      if !(1...1_000).contains(batch) {
        throw ValidationError("--batch \(batch) is not within 1 to 1000")
      }
    }

    func run() async throws {
      try await Tool.run { tool in
        let standard = try await tool.backends.duplicateRule()
        let rule = any ? .or : all ? .and : standard
        if dryRun {
          let found = try await count(tool, rule)
          return try show(found, "would be merged")
        }
        let job = DeduplicateContacts(rule: rule, intoOldest: intoOldest, batchSize: batch)
        let row = try await DeduplicationDesk(jobs: tool.backends.jobs).run(job)
        try show(row, "were merged")
      }
    }

    private func count(_ tool: Tool, _ rule: DuplicateRule) async throws -> DuplicatesRow {
      let fields = try await FieldStore(pool: tool.backends.postgres).current()
      let groups = try await tool.backends.postgres.transaction {
        try await DuplicateFinder(fields: fields, rule: rule).groups(on: $0)
      }
      return DuplicatesRow(
        groups: groups.count, duplicates: groups.reduce(0) { $0 + $1.count - 1 })
    }

    private func show(_ row: DuplicatesRow, _ verb: String) throws {
      if output.json { return try Console.json(row) }
      if row.groups == 0 { return Console.line("No contacts are the same.") }
      Console.line("\(row.duplicates) contacts in \(row.groups) groups \(verb).")
    }
  }
}

/// The number of duplicate contacts.
struct DuplicatesRow: Encodable {
  var groups: Int
  var duplicates: Int
}

/// Deduplicates contacts by jobs and waits for them.
struct DeduplicationDesk {
  let jobs: JobClient

  /// Runs a job and its batches to their end.
  func run(_ job: DeduplicateContacts) async throws -> DuplicatesRow {
    guard let id = try await jobs.enqueue([job]).first else {
      throw CommandFailure("a deduplication is queued already")
    }
    let result = try await end(of: id)
    for batch in result.jobs {
      _ = try await status(atEndOf: batch)
    }
    return DuplicatesRow(groups: result.groups, duplicates: result.duplicates)
  }

  private func end(of id: JobID) async throws -> DeduplicateContacts.Result {
    let status = try await status(atEndOf: id)
    guard let text = status.result else {
      throw CommandFailure("the deduplication left no result")
    }
    return try JSONDecoder().decode(DeduplicateContacts.Result.self, from: Data(text.utf8))
  }

  private func status(atEndOf id: JobID) async throws -> JobStatus {
    var pause = Duration.milliseconds(20)
    while true {
      guard let status = try await jobs.job(id) else {
        throw CommandFailure("job \(id) is not known any more")
      }
      switch status.state {
      case .succeeded: return status
      case .failed, .dead, .cancelled:
        throw CommandFailure("job \(id) \(status.state.rawValue): \(status.error ?? "no reason")")
      case .queued, .scheduled, .running: break
      }
      try await Task.sleep(for: pause)
      pause = min(pause * 2, .milliseconds(500))
    }
  }
}
