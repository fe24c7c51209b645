import Testing

@testable import Webhooks

@Suite("The bodies of webhooks (api.md 9)") struct WebhookBodyTests {
  private static let contacts: [WebhookRecordKind: [Int64: String]] = [
    .contact: [1: #"{"id":1}"#, 2: #"{"id":2}"#], .company: [7: #"{"id":7}"#],
  ]

  private func event(
    _ id: Int64, _ event: WebhookEvent, _ contact: Int64? = nil, subject: Int64? = nil,
    _ data: String? = nil
  ) -> QueuedEvent {
    QueuedEvent(
      id: id, event: event, contact: contact, subject: subject, data: data, timestamp: "T\(id)")
  }

  @Test("An object keyed by event, each an array of payloads with their time")
  func shape() {
    let body = WebhookBody(
      [
        event(1, .contactUpdated, 1),
        event(2, .pointsChanged, 1, #"{"points": {"new_points": 5, "old_points": 0}}"#),
        event(3, .contactUpdated, 2), event(4, .companySaved, subject: 7),
      ], order: nil, records: Self.contacts)
    #expect(
      body.text
        == #"{"mautic.lead_post_save_update":[{"contact":{"id":1},"timestamp":"T1"},"#
        + #"{"contact":{"id":2},"timestamp":"T3"}],"mautic.lead_points_change":[{"contact":{"id":1},"#
        + #""points": {"new_points": 5, "old_points": 0},"timestamp":"T2"}],"#
        + #""mautic.company_post_save":[{"company":{"id":7},"timestamp":"T4"}]}"#)
    #expect(body.events == [1, 2, 3, 4] && body.dropped == [])
  }

  @Test("An event that would come before an earlier one of its contact waits for the next request")
  func order() {
    let body = WebhookBody(
      [
        event(1, .contactUpdated, 1), event(2, .pointsChanged, 1), event(3, .contactUpdated, 2),
        event(4, .contactUpdated, 1), event(5, .contactUpdated, 2),
      ], order: nil, records: Self.contacts)
    #expect(body.events == [1, 2, 3])
  }

  @Test("The newest first, where that is asked for")
  func newestFirst() {
    let body = WebhookBody(
      [event(1, .contactUpdated, 1), event(2, .contactUpdated, 2)], order: .newestFirst,
      records: Self.contacts)
    #expect(
      body.text
        == #"{"mautic.lead_post_save_update":[{"contact":{"id":2},"timestamp":"T2"},"#
        + #"{"contact":{"id":1},"timestamp":"T1"}]}"#)
  }

  @Test("What is gone is not told of, a deletion is")
  func gone() {
    let body = WebhookBody(
      [
        event(1, .contactUpdated, 9), event(2, .companySaved, subject: 8),
        event(3, .contactDeleted, 9, #"{"id": 9, "contact": {"id": 9}}"#),
        event(4, .pageHit, nil, #"{"hit": {}}"#),
      ], order: nil, records: Self.contacts)
    #expect(body.dropped == [1, 2] && body.events == [3, 4])
    #expect(
      body.text
        == #"{"mautic.lead_post_delete":[{"id": 9, "contact": {"id": 9},"timestamp":"T3"}],"#
        + #""mautic.page_on_hit":[{"hit": {},"timestamp":"T4"}]}"#)
  }

  @Test("A body of full size takes no further event, but always one")
  func size() {
    let long = "{\"text\": \"\(String(repeating: "x", count: WebhookBody.fullSize))\"}"
    let body = WebhookBody(
      [event(1, .pageHit, nil, long), event(2, .pageHit, nil, "{}")], order: nil, records: [:])
    #expect(body.events == [1])
  }

  @Test("The signature is the HMAC-SHA256 of the body in base64")
  func signature() {
    // RFC 4231, test case 2.
    let signature = WebhookSender.signature(
      of: Array("what do ya want for nothing?".utf8), key: "Jefe")
    #expect(signature == "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=")
  }
}
