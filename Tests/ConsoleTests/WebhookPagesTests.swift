import API
import Testing

@testable import Console

@Suite("The pages of webhooks") struct WebhookPagesTests {
  @Test("The state changes when the buttons of the page do, and not with every delivery")
  func states() {
    func word(_ state: JSONValue) -> String { WebhookFigures(state).word }
    #expect(word(["isPublished": false]) == "off")
    #expect(word(["isPublished": true, "isPaused": true, "failing": 1]) == "paused")
    #expect(word(["isPublished": true, "failing": 1, "delivered": 4]) == "failing")
    #expect(word(["isPublished": true, "failing": 0, "delivered": 5]) == "well")
  }

  @Test("More events than are counted are told as such")
  func many() {
    #expect(WebhookFigures(["queued": 9_999]).queued == 9_999)
    #expect(WebhookFigures(["queued": 10_000]).queued == nil)
    #expect(WebhookFigures(["queued": 10_000]).figures["queued"] == "10,000+")
  }

  @Test("A body is shown with a member on each line, and as it is where it is no JSON")
  func bodies() {
    #expect(WebhookDeliveryPage.pretty(#"{"a":[1]}"#) == "{\n  \"a\": [\n    1\n  ]\n}")
    #expect(WebhookDeliveryPage.pretty("<b>") == "<b>")
  }
}
