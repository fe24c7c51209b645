import ArgumentParser
import Campaigns
import Foundation
import JobQueue
import Primitives

/// `martlet schedule`
struct ScheduleCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schedule",
    abstract: "What all campaigns will do, and when.",
    discussion: """
      Entries wait in intervals that are shorter the nearer they are. What comes due within about a minute waits as \
      jobs: `martlet jobs list --queue campaigns --state scheduled`.
      """)

  @Option(help: "Only this campaign, by its id.")
  var campaign: Int64?

  @Option(help: "The most intervals shown.")
  var limit = 50

  @OptionGroup var output: OutputOptions

  func validate() throws {
    guard (1...10_000).contains(limit) else {
      throw ValidationError("--limit \(limit): it is a number from 1 to 10000")
    }
  }

  func run() async throws {
    try await Tool.run { tool in
      let future = tool.backends.campaigns.future
      let buckets = try await future.buckets(of: campaign, limit: limit)
      let totals = try await future.totals()
      let near =
        try await tool.backends.jobs.queues().first { $0.name == CampaignJobs.queue }?.scheduled
        ?? 0
      if output.json {
        return try Console.json(
          Schedule(
            near: near,
            intervals: totals.buckets.reduce(into: [:]) { $0[$1.length] = $1.count },
            buckets: buckets))
      }
      var table = Table(
        .text("FROM"), .text("TO"), .figure("ENTRIES"), .figure("CAMPAIGN"), .text("NAME"),
        .figure("EVENT"), .text("NAME"))
      for bucket in buckets {
        table.add(
          Self.text(bucket.begin), Self.text(bucket.end), "\(bucket.entries)",
          bucket.campaign.map(String.init) ?? "", bucket.campaignName ?? "", "\(bucket.event)",
          bucket.eventName ?? "")
      }
      let rest = totals.buckets.map { "\($0.count) \($0.length)\($0.count == 1 ? "" : "s")" }
        .joined(separator: ", ")
      Console.line("\(near) timers within a minute; intervals: \(rest)")
      table.print(whenEmpty: "Nothing is scheduled for later.")
    }
  }

  private static func text(_ instant: Date) -> String {
    instant.formatted(.iso8601)
  }

  private struct Schedule: Codable {
    var near: Int
    var intervals: [String: Int]
    var buckets: [CampaignFuture.Bucket]
  }
}
