import Testing

@testable import UserAgents

/// What an agent says, in examples.
@Suite struct DescriptionTests {
  private static let webKit = "AppleWebKit/537.36 (KHTML, like Gecko)"

  private func read(
    _ agent: String, _ headers: [String: String] = [:]
  ) throws -> AgentDescription {
    try Assets.standard().read(agent, hints: ClientHints { headers[$0] })
  }

  @Test func readsABrowserOfADesktop() throws {
    let found = try read(
      "Mozilla/5.0 (Windows NT 10.0; Win64; x64) \(Self.webKit) Chrome/120.0.6099.130 Safari/537.36"
    )
    #expect(found.bot == nil)
    #expect(
      found.system
        == AgentDescription.System(
          name: "Windows", code: "WIN", version: "10", platform: "x64", family: "Windows"))
    #expect(found.client?.type == "browser")
    #expect(found.client?.name == "Chrome")
    #expect(found.client?.version == "120.0")
    #expect(
      found.client?.browser
        == AgentDescription.Browser(
          code: "CH", engine: "Blink", engineVersion: "120.0.6099.130", family: "Chrome"))
    #expect(found.device == AgentDescription.Device(kind: .desktop))
  }

  @Test func readsAPhoneWithItsModel() throws {
    let found = try read(
      "Mozilla/5.0 (Linux; Android 13; SM-G991B) \(Self.webKit) Chrome/112.0 Mobile Safari/537.36")
    #expect(found.device.kind == .smartphone)
    #expect(found.device.brand == "Samsung")
    #expect(found.device.model == "Galaxy S21 5G")
    #expect(found.system?.family == "Android")
    #expect(found.client?.name == "Chrome Mobile")
  }

  @Test func readsAnAppleDevice() throws {
    let found = try read(
      """
      Mozilla/5.0 (iPhone; CPU iPhone OS 16_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like \
      Gecko) Version/16.5 Mobile/15E148 Safari/604.1
      """)
    #expect(
      found.device == AgentDescription.Device(kind: .smartphone, brand: "Apple", model: "iPhone"))
    #expect(found.system?.version == "16.5")
    #expect(found.client?.name == "Mobile Safari")
  }

  @Test func readsTheModelFromHints() throws {
    let agent =
      "Mozilla/5.0 (Linux; Android 10; K) \(Self.webKit) Chrome/120.0.0.0 Mobile Safari/537.36"
    #expect(try read(agent).device == AgentDescription.Device(kind: .smartphone))
    let found = try read(
      agent,
      [
        "sec-ch-ua": #""Not_A Brand";v="8", "Chromium";v="120", "Google Chrome";v="120""#,
        "sec-ch-ua-platform": "\"Android\"", "sec-ch-ua-platform-version": "\"14.0.0\"",
        "sec-ch-ua-model": "\"SM-G991B\"", "sec-ch-ua-full-version": "\"120.0.6099.144\"",
      ])
    #expect(found.device.brand == "Samsung")
    #expect(found.device.model == "Galaxy S21 5G")
    #expect(found.system?.version == "14.0")
    #expect(found.client?.version == "120.0")
  }

  @Test(arguments: [
    ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Googlebot"),
    ("Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)", "BingBot"),
    ("facebookexternalhit/1.1", "Facebook Crawler"),
  ])
  func tellsBots(agent: String, name: String) throws {
    let found = try read(agent)
    #expect(found.bot?.name == name)
    #expect(found.system == nil && found.client == nil && found.device.kind == nil)
  }

  @Test func tellsLibraries() throws {
    let found = try read("curl/8.5.0")
    #expect(found.client == AgentDescription.Client(type: "library", name: "curl", version: "8.5"))
    #expect(found.device == AgentDescription.Device())
  }

  @Test(arguments: ["", "   ", "12345", "%&/()", "something else"])
  func findsNothingWhereNothingIsSaid(agent: String) throws {
    #expect(try read(agent) == AgentDescription())
  }
}
