import API
import Testing

@testable import Console

@Suite("The pages of campaigns (CSL-1, CSL-2)") struct CampaignPagesTests {
  private static func event(_ id: Int, under parent: Int? = nil) -> JSONValue {
    [
      "id": .int(id), "name": .string("E\(id)"), "eventType": "action",
      "parent": parent.map { ["id": .int($0)] } ?? .null,
    ]
  }

  @Test("Events stand after those that lead to them, whatever leads in a circle")
  func order() {
    let steps = CampaignStep.ordered([
      Self.event(1), Self.event(2), Self.event(3, under: 1), Self.event(4, under: 3),
      Self.event(5, under: 1), Self.event(6, under: 99), Self.event(7, under: 8),
      Self.event(8, under: 7),
    ])
    #expect(steps.map(\.id) == ["1", "3", "4", "5", "2", "6"])
    #expect(steps.map(\.depth) == [0, 1, 2, 1, 0, 0])
  }

  private static let stats: JSONValue = [
    "members": 5,
    "events": [
      [
        "id": 31, "executed": 2, "yes": 0, "no": 0, "scheduled": 3, "failed": 1, "percent": 40,
        "yesPercent": nil, "executedByDay": [1, 2],
      ],
      [
        "id": 32, "executed": 4, "yes": 3, "no": 1, "scheduled": 0, "failed": 0, "percent": nil,
        "yesPercent": 75, "executedByDay": [0, 4],
      ],
    ],
    "labels": ["2026-12-02", "2026-12-03"], "added": [0, 5], "removed": [0, 0],
  ]

  @Test("Figures add up the events, and are told to the canvas by event")
  func figures() {
    let figures = CampaignFigures(Self.stats)
    #expect(figures.waiting == 3 && figures.allDone == 6 && figures.failed == 1)
    #expect(figures.done == [1, 6])
    #expect(figures.event("32")?.percent == 75 && figures.event("31")?.percent == 40)
    let live = figures.live
    #expect(live["counts"]?["31"] == ["waiting": 3, "done": 2, "failed": 1])
    #expect(live["yes-32"] == 3 && live["state"] == "31 32")
  }

  @Test("Every icon of an event is in the file of icons")
  func icons() {
    let icons = String(decoding: PackageResources.icons_svg, as: UTF8.self)
    for kind in ["action", "decision", "condition"] {
      for type in ["email.send", "page.pagehit"] {
        let step = CampaignStep(
          value: ["eventType": .string(kind), "type": .string(type)], depth: 0)
        #expect(icons.contains("id=\"\(step.icon)\""))
      }
    }
  }
}
