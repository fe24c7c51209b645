import Foundation
import Testing

@Suite("martlet campaigns")
struct CampaignCommandTests {
  private struct Imported: Decodable {
    var id: Int64
    var name: String
    var missing: [String]
  }

  private struct Row: Decodable {
    var id: Int64
    var state: String
    var events: Int
    var members: Int
  }

  private static let document = """
    {"format":"martlet.campaign","formatVersion":1,"campaign":{"name":"Welcome","allowRestart":true},
     "sources":[{"kind":"segment","alias":"nowhere"}],
     "events":[{"id":1,"parent":null,"eventType":"action","type":"lead.changepoints","name":"Points",
       "order":1,"properties":{"points":3},"triggerMode":"immediate"},
      {"id":2,"parent":1,"eventType":"action","type":"lead.changetags","name":"Tag","order":1,
       "properties":{"add_tags":["new"]},"triggerMode":"interval","triggerInterval":2}],
     "references":{}}
    """

  @Test("CAM-652: a document becomes a campaign that is shown, listed and written again")
  func roundTrip() async throws {
    try await Workbench.with { bench in
      let directory = FileManager.default.temporaryDirectory
      let file = directory.appending(path: "campaign-\(UUID()).json")
      defer { try? FileManager.default.removeItem(at: file) }
      try Self.document.write(to: file, atomically: true, encoding: .utf8)
      let imported = try await bench.martlet("campaigns", "import", file.path, "--json")
      #expect(imported.status == 0, "\(imported.errors)")
      let campaign = try #require(try imported.json([Imported].self).first)
      #expect(campaign.name == "Welcome" && campaign.missing == ["segment nowhere (source)"])
      let rows = try await bench.martlet("campaigns", "list", "--json").json([Row].self)
      #expect(rows.map(\.state) == ["unpublished"] && rows.map(\.events) == [2])
      let shown = try await bench.martlet("campaigns", "show", "\(campaign.id)")
      #expect(shown.output.contains("\n- Points [lead.changepoints, at once]"))
      #expect(shown.output.contains("\n  - Tag [lead.changetags, after 2 d]"))
      let exported = try await bench.martlet("campaigns", "export", "\(campaign.id)")
      #expect(exported.output.contains(#""format":"martlet.campaign""#))
      let simulated = try await bench.martlet(
        "campaigns", "simulate", "\(campaign.id)", "--until", "3 days")
      #expect(simulated.status == 0, "\(simulated.errors)")
      #expect(simulated.output.contains("  Points [lead.changepoints] executed\n"))
      #expect(simulated.output.contains("  Tag [lead.changetags] executed\n"))
      let early = try await bench.martlet(
        "campaigns", "simulate", "\(campaign.id)", "--until", "1 day")
      #expect(early.output.contains("  Tag [lead.changetags] scheduled\n"))
      let wrong = try await bench.martlet("campaigns", "simulate", "1", "--until", "soon")
      #expect(wrong.status != 0 && wrong.errors.contains(#"until: "soon" is neither a date nor"#))
      #expect(try await bench.martlet("campaigns", "simulate").status == 2)
      // Nothing of it is kept.
      let members = try await bench.martlet("campaigns", "members", "\(campaign.id)")
      #expect(members.output == "The campaign has no members.\n")
      let rebuilt = try await bench.martlet("campaigns", "rebuild", "\(campaign.id)")
      #expect(rebuilt.status == 1 && rebuilt.errors.contains("not live"))
      #expect(try await bench.martlet("campaigns", "show", "99").status == 1)
      #expect(try await bench.martlet("campaigns", "members", "1", "--limit", "0").status == 2)
    }
  }
}
