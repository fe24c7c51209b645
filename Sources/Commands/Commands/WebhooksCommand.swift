import ArgumentParser
import Foundation
import JobQueue
import Processes
import Users
import Webhooks

/// `martlet webhooks`
struct WebhooksCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "webhooks",
    abstract: "Webhooks: list them, look at their log, send again, pause and resume.",
    subcommands: [List.self, Log.self, Replay.self, Pause.self, Resume.self],
    defaultSubcommand: List.self)

  /// `martlet webhooks list`
  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists the webhooks with what waits for them, and which of them fail.")

    @OptionGroup var output: OutputOptions

    func run() async throws {
      try await Tool.run { tool in
        let webhooks = try await WebhookStore(jobs: tool.backends.jobs)
          .page(start: 0, limit: 10_000).records
        let waiting = try await WebhookLogStore.waiting(on: tool.backends.postgres)
        let rows = webhooks.map { WebhookRow($0, waiting: waiting[$0.id] ?? 0) }
        if output.json { return try Console.json(rows) }
        var table = Table(
          .figure("ID"), .text("NAME"), .text("URL"), .figure("EVENTS"), .figure("WAITING"),
          .figure("FAILURES"), .text("STATE"))
        for row in rows {
          table.add(
            "\(row.id)", row.name, row.url, "\(row.events.count)", "\(row.waiting)",
            "\(row.failures)", row.stateText)
        }
        table.print(whenEmpty: "There are no webhooks.")
      }
    }
  }

  /// `martlet webhooks log ID`
  struct Log: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Lists the deliveries of a webhook, the newest first.")

    @Argument(help: "The webhook's id.")
    var id: Int64

    @Option(help: "The number of deliveries.")
    var limit = 30

    @Flag(help: "Only those that wait.")
    var waiting = false

    @OptionGroup var output: OutputOptions

    func validate() throws {
      guard (1...10_000).contains(limit) else {
        throw ValidationError("--limit is between 1 and 10000")
      }
    }

    func run() async throws {
      try await Tool.run { tool in
        _ = try await WebhookDesk(tool).webhook(id)
        let deliveries = try await WebhookLogStore.page(
          of: id, state: waiting ? .waiting : nil, start: 0, limit: limit,
          on: tool.backends.postgres
        ).deliveries
        try DeliveryRow.show(
          deliveries, as: output, now: tool.backends.clock.now, whenEmpty: "Nothing was sent yet.")
      }
    }
  }

  /// `martlet webhooks replay ID DELIVERY …`
  struct Replay: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Sends deliveries of a webhook again, with the same content and name.")

    @Argument(help: "The webhook's id.")
    var id: Int64

    @Argument(help: "The deliveries' ids.")
    var deliveries: [Int64]

    @OptionGroup var output: OutputOptions

    func run() async throws {
      try await Tool.run { tool in
        _ = try await WebhookDesk(tool).webhook(id)
        let replayed = try await tool.backends.jobs.transaction { transaction in
          try await WebhookLogStore.replay(deliveries, of: id, in: transaction)
        }
        let unknown = Set(deliveries).subtracting(replayed.map(\.id)).sorted()
        for delivery in unknown {
          Console.error("martlet: the webhook \(id) has no delivery \(delivery)")
        }
        try DeliveryRow.show(
          replayed, as: output, now: tool.backends.clock.now, whenEmpty: "Nothing is sent again.")
        if !unknown.isEmpty { throw ExitCode(1) }
      }
    }
  }

  /// `martlet webhooks pause ID`
  struct Pause: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Keeps what a webhook is told until it is resumed.")

    @Argument(help: "The webhook's id.")
    var id: Int64

    func run() async throws {
      try await Tool.run { try await WebhookDesk($0).setPaused(true, id) }
    }
  }

  /// `martlet webhooks resume ID`
  struct Resume: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Sends what was kept, and what comes.")

    @Argument(help: "The webhook's id.")
    var id: Int64

    func run() async throws {
      try await Tool.run { try await WebhookDesk($0).setPaused(false, id) }
    }
  }
}
