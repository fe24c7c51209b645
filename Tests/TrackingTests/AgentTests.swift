import Contacts
import Foundation
import TestSupport
import Testing
import UserAgents

@testable import Tracking

/// What becomes of visitors by what their browsers say of themselves (tracking.md 5, 16), with the lists.
@Suite struct AgentTests {
  private static let chrome =
    "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Mobile Safari/537.36"

  private static func lists() throws -> AgentReader {
    AgentReader(
      lists: UserAgentParser(try AgentDataFile.read(try TestAssets.path(AgentDataFile.name))))
  }

  @Test("A bot of the lists gets an answer and leaves no trace, whatever words the settings name")
  func bots() async throws {
    try await TrackingBed.with(agents: Self.lists()) { bed in
      let bot = bed.request(
        ["page_url": "/", "email": "a@example.com"],
        agent: "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)")
      #expect(try await bed.tracker.hit(bot, isStrict: true) == .untracked)
      #expect(try await bed.visitor(bot) == nil)
      try await bed.record()
      #expect(try await bed.count("contacts") == 0)
      #expect(try await bed.count("page_hits") == 0)
      // The words stay: a library is no bot of the lists.
      let library = bed.request(["page_url": "/"], agent: "curl/8.5.0")
      #expect(try await bed.visitor(library) != nil)
      bed.settings.value.excludedAgents = ["curl"]
      #expect(try await bed.visitor(library) == nil)
    }
  }

  @Test("A device has the model that the agent names, or that the hints beside it name")
  func models() async throws {
    try await TrackingBed.with(agents: Self.lists()) { bed in
      try await bed.browse(
        [["page_url": "/"]],
        agent: Self.chrome.replacing("Android 10; K", with: "Android 13; SM-G991B"))
      var hidden = bed.request(["page_url": "/"], agent: Self.chrome)
      hidden.hints = ClientHints { $0 == "sec-ch-ua-model" ? "\"Pixel 7\"" : nil }
      #expect(try await bed.visitor(hidden)?.device.model == "Pixel 7")
      #expect(
        try await bed.texts(
          """
          SELECT concat_ws('|', device, device_brand, device_model, device_os_name, client_info->>'name')
          FROM devices ORDER BY id
          """) == [
            "smartphone|Samsung|Galaxy S21 5G|Android|Chrome Mobile",
            "smartphone|Google|Pixel 7|Android|Chrome Mobile",
          ])
    }
  }

  @Test("The hints of a hit that waits for the database wait with it")
  func waiting() throws {
    var request = VisitRequest(
      address: "198.51.100.7", agent: Self.chrome,
      hints: ClientHints { $0 == "sec-ch-ua-model" ? "\"Pixel 7\"" : nil }, at: Date(),
      claim: DeviceTrackingStore.makeID())
    let copy = try JSONDecoder().decode(VisitRequest.self, from: JSONEncoder().encode(request))
    #expect(copy.hints?.model == "Pixel 7")
    request = VisitRequest(
      address: "198.51.100.7", agent: Self.chrome, hints: ClientHints(), at: Date(), claim: "")
    #expect(request.hints == nil)
  }
}
