import Testing

@testable import UserAgents

/// The headers beside a user agent.
@Suite struct ClientHintsTests {
  private func hints(_ headers: [String: String]) -> ClientHints { ClientHints { headers[$0] } }

  @Test func readsBrandsUpToTheFirstOfAnotherForm() {
    let list = #""Chromium";v="106", "Brave Browser"; v="106.1", broken, "Late";v="1""#
    let brands = hints(["sec-ch-ua": list]).brands
    #expect(
      brands == [
        ClientHints.Brand(name: "Chromium", version: "106"),
        ClientHints.Brand(name: "Brave Browser", version: "106.1"),
      ])
  }

  @Test func prefersTheListOfFullVersions() {
    let found = hints([
      "sec-ch-ua": #""Chromium";v="106""#,
      "sec-ch-ua-full-version-list": #""Chromium";v="106.0.1""#,
    ])
    #expect(found.brands.map(\.version) == ["106.0.1"])
  }

  @Test func takesQuotationMarksAway() {
    let found = hints([
      "sec-ch-ua-model": "\"Pixel 7\"", "sec-ch-ua-form-factors": #""Tablet", "EInk""#,
    ])
    #expect(found.model == "Pixel 7")
    #expect(found.formFactors == ["tablet", "eink"])
  }

  @Test func passesOverMarkupScriptsAndWhatIsTooLong() {
    let long = String(repeating: "x", count: ClientHints.maximumLength + 1)
    let found = hints([
      "sec-ch-ua-model": "<b>Pixel</b>", "x-requested-with": "XMLHttpRequest",
      "sec-ch-ua-platform": long,
    ])
    #expect(found.isEmpty)
  }
}
