import ArgumentParser
import JobQueue

/// `martlet queues`
struct QueuesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "queues", abstract: "The queues: how much waits, runs, failed, and how fast.",
    subcommands: [List.self, Pause.self, Resume.self, Check.self], defaultSubcommand: List.self)

  /// `martlet queues list`
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lists the queues.")
    @OptionGroup var output: OutputOptions

    func run() async throws {
      try await Tool.run { tool in
        let queues = try await tool.backends.jobs.queues()
        if output.json { return try Console.json(queues) }
        var table = Table(
          .text("QUEUE"), .figure("READY"), .figure("RUNNING"), .figure("SCHEDULED"),
          .figure("DEAD"), .figure("UNKNOWN"), .figure("OLDEST"), .figure("PER MINUTE"),
          .figure("WORKERS"), .text("STATE"))
        for queue in queues {
          table.add(
            queue.name, "\(queue.depth)", "\(queue.running)", "\(queue.scheduled)",
            "\(queue.dead)", "\(queue.unknown)", queue.oldestAgeSeconds.map(Age.text) ?? "",
            "\(Int(queue.throughputPerMinute.rounded()))", "\(queue.workers)",
            queue.isPaused ? "paused" : "open")
        }
        table.print(whenEmpty: "There are no queues yet; the first job makes one.")
      }
    }
  }

  /// `martlet queues pause Q`
  struct Pause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Keeps workers from taking jobs of a queue; what runs is finished.")

    @Argument(help: "The queue.")
    var queue: String

    func run() async throws {
      try await Tool.run { tool in
        try await tool.backends.jobs.pause(queue: queue)
        Console.line("paused \(queue)")
      }
    }
  }

  /// `martlet queues resume Q`
  struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Opens a paused queue.")

    @Argument(help: "The queue.")
    var queue: String

    func run() async throws {
      try await Tool.run { tool in
        try await tool.backends.jobs.resume(queue: queue)
        Console.line("resumed \(queue)")
      }
    }
  }

  /// `martlet queues check`
  struct Check: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Compares Redis's order of work with itself and with PostgreSQL.",
      discussion: "Exit status 1 where something does not fit and is not repaired.")

    @Flag(help: "Mend what is found.")
    var repair = false

    @OptionGroup var output: OutputOptions

    func run() async throws {
      try await Tool.run { tool in
        let found = try await tool.backends.jobs.check(repair: repair)
        if output.json {
          try Console.json(found)
        } else if found.isEmpty {
          Console.line("Everything fits.")
        } else {
          for item in found {
            let end = item.isMended ? ": mended" : ""
            Console.line("\(item.queue): \(item.count) \(item.explanation)\(end)")
          }
        }
        if found.contains(where: { !$0.isMended }) { throw ExitCode(1) }
      }
    }
  }
}
