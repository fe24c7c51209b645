public import ArgumentParser
import Foundation
public import JobQueue

/// `martlet jobs`
struct JobsCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "jobs", abstract: "Jobs: look at them, retry, cancel, purge.",
    subcommands: [List.self, Show.self, Retry.self, Cancel.self, Purge.self],
    defaultSubcommand: List.self)

  /// `martlet jobs list`
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lists jobs, newest first.")

    @Option(
      help: "queued, scheduled, running, dead; succeeded, failed, cancelled of jobs with history.")
    var state: JobStatus.State?

    @Option(help: "Only this queue.")
    var queue: String?

    @Option(help: "Only jobs of this name.")
    var name: String?

    @Option(help: "How many at most.")
    var limit = 30

    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard limit > 0 else { throw ValidationError("--limit must be at least 1") }
    }

    func run() async throws {
      try await Tool.run { tool in
        let filter = JobFilter(name: name, queue: queue, state: state, limit: limit)
        let jobs = try await tool.backends.jobs.jobs(filter)
        if output.json { return try Console.json(jobs) }
        let now = tool.backends.clock.now
        var table = Table(
          .text("ID"), .text("NAME"), .text("QUEUE"), .text("STATE"), .text("ATTEMPTS"),
          .text("PROGRESS"), .figure("AGE"), .text("ERROR"))
        for job in jobs {
          table.add(
            job.id.description, job.name, job.queue, job.state.rawValue,
            "\(job.attempts)/\(job.maxAttempts)", progress(job),
            Age.text(now.timeIntervalSince(job.createdAt)), String((job.error ?? "").prefix(60)))
        }
        table.print(whenEmpty: "There are no such jobs.")
      }
    }
  }

  /// `martlet jobs show ID`
  struct Show: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Shows one job.")

    @Argument(help: "The job's id.")
    var id: JobID

    @OptionGroup var output: OutputOptions

    func run() async throws {
      try await Tool.run { tool in
        guard let job = try await tool.backends.jobs.job(id) else {
          throw CommandFailure("there is no job \(id)")
        }
        if output.json { return try Console.json(job) }
        let lines: [(String, String?)] = [
          ("id", job.id.description), ("name", job.name), ("queue", job.queue),
          ("state", job.state.rawValue), ("about", job.object.map { "\($0.type) \($0.id)" }),
          ("attempts", "\(job.attempts) of \(job.maxAttempts)"), ("progress", progress(job)),
          ("created", job.createdAt.formatted(.iso8601)),
          ("available", job.availableAt?.formatted(.iso8601)),
          ("started", job.startedAt?.formatted(.iso8601)),
          ("ended", job.endedAt?.formatted(.iso8601)), ("unique key", job.uniqueKey),
          ("error", job.error), ("error at", job.errorAt?.formatted(.iso8601)),
          ("result", job.result),
        ]
        for case (let name, let value?) in lines where !value.isEmpty {
          Console.line(name.padding(toLength: 12, withPad: " ", startingAt: 0) + value)
        }
      }
    }
  }

  /// `martlet jobs retry ID…`
  struct Retry: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Runs dead or waiting jobs again at once, with their attempts forgotten.")

    @Argument(help: "The jobs' ids.")
    var ids: [JobID]

    func run() async throws {
      try await each(ids, "retried") { try await $0.retry($1) }
    }
  }

  /// `martlet jobs cancel ID…`
  struct Cancel: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Cancels jobs; a running one is told to stop.")

    @Argument(help: "The jobs' ids.")
    var ids: [JobID]

    func run() async throws {
      try await each(ids, "cancelled") { try await $0.cancel($1) }
    }
  }

  /// `martlet jobs purge`
  struct Purge: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Forgets the dead jobs of a queue.")

    @Option(help: "The queue.")
    var queue: String

    @Option(help: "Which jobs: dead.")
    var state: JobStatus.State

    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard state == .dead else { throw ValidationError("only --state dead can be purged") }
    }

    func run() async throws {
      try await Tool.run { tool in
        let count = try await tool.backends.jobs.purgeDead(queue: queue)
        if output.json { return try Console.json(["purged": count]) }
        Console.line("purged \(count) dead jobs of \(queue)")
      }
    }
  }

  private static func progress(_ job: JobStatus) -> String {
    guard let progress = job.progress else { return "" }
    return "\(progress.done)" + (progress.total.map { "/\($0)" } ?? "")
  }

  /// Applies an operation to every job; failures are printed, and the exit status is 1.
  private static func each(
    _ ids: [JobID], _ done: String, _ body: (JobClient, JobID) async throws -> Void
  ) async throws {
    try await Tool.run { tool in
      var missed = 0
      for id in ids {
        do {
          try await body(tool.backends.jobs, id)
          Console.line("\(done) \(id)")
        } catch let error as JobError {
          missed += 1
          Console.error("martlet: \(error)")
        }
      }
      if missed > 0 { throw ExitCode(1) }
    }
  }
}

extension JobID: ExpressibleByArgument {
  /// Reads the text form.
  public init?(argument: String) { self.init(argument) }
}

extension JobStatus.State: ExpressibleByArgument {}
