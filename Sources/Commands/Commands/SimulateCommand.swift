import ArgumentParser
import Campaigns
import Fields
import Foundation
import Postgres
import Primitives
import Segments

extension CampaignsCommand {
  /// `martlet campaigns simulate [ID]`
  struct Simulate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract:
        "Shows what a campaign would do: what would fire, when, for whom. Nothing is kept or sent.",
      discussion: """
        The request is the one of the API's /campaigns/ID/simulate; options win over what stands in it. \
        Without a contact somebody without any values takes part.
        """)

    @Argument(help: "The campaign's id; without one the request has to hold a campaign.")
    var id: Int64?
    @Option(help: "A file with the request as JSON; - reads standard input.") var request: String?
    @Option(
      name: .customLong("contact"), help: "The id of a contact that takes part; may be repeated.")
    var contacts: [Int64] = []
    @Option(help: "The date and time at which it begins, instead of now.") var start: String?
    @Option(help: "A date and time, or a duration such as '90 days', instead of a year.")
    var until: String?
    @OptionGroup var output: OutputOptions

    func validate() throws {
      if id == nil, request == nil {
        throw ValidationError("name a campaign by its id, or give a --request that holds one")
      }
    }

    func run() async throws {
      var members: [String: JSONValue] = [:]
      if let request {
        guard case .object(let given) = try CampaignFile.read(request) else {
          throw CommandFailure("\(request) is no JSON object", status: .usage)
        }
        members = given
      }
      if !contacts.isEmpty { members["contacts"] = .array(contacts.map(JSONValue.integer)) }
      if let start { members["start"] = .string(start) }
      if let until { members["until"] = .string(until) }
      let json = JSONValue.object(members)
      try await Tool.run { tool in
        let editor = tool.backends.segmentEditor(
          fields: FieldStore(pool: tool.backends.postgres))
        let simulator = tool.backends.campaigns.simulator { editor.sets() }
        let report = try await simulator.run(
          SimulationRequest(json: json, campaign: id, now: tool.backends.clock.now))
        if output.json { return try Console.json(report) }
        show(report)
      }
    }

    private func show(_ report: SimulationReport) {
      Console.line(
        "from \(report.start.formatted(.iso8601)) to \(report.end.formatted(.iso8601))"
          + (report.isCutOff ? ", cut off: there is too much" : ""))
      for journey in report.journeys {
        let who = journey.contact.map { "contact \($0)" } ?? "made up"
        Console.line(
          "\(journey.place): \(who)\(journey.isMember ? "" : ", not a member at the end")")
        for step in journey.entries {
          let path = step.path.map { $0 ? ", yes" : ", no" } ?? ""
          let note = step.note.map { " (\($0))" } ?? ""
          let date = step.at?.formatted(.iso8601) ?? "some time"
          Console.line("  \(date)  \(step.name) [\(step.type)] \(step.state)\(path)\(note)")
        }
        for event in journey.missing {
          Console.line("  never  \(event.name): \(event.reason)")
        }
      }
      for mail in report.mails {
        Console.line(
          "e-mail \(mail.email) to \(mail.address ?? "nobody") (\(mail.place)), \(mail.at.formatted(.iso8601)), \(mail.state)"
        )
      }
      for hook in report.hooks {
        Console.line(
          "webhook \(hook.method) \(hook.url) (\(hook.place)), \(hook.at.formatted(.iso8601))")
      }
    }
  }
}
