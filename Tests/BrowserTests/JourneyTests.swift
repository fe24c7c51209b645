import Foundation
import Primitives
import TestSupport
import Testing

extension ForeignPages {
  /// From an unknown visitor to the e-mail of a campaign (campaigns.md 4, tracking.md 4).
  @Suite("A visitor who says who it is") struct JourneyTests {
    @Test("becomes the known contact, and the campaign goes on with its next e-mail")
    func becomesKnown() async throws {
      let world = try World.current
      let records = world.records
      let contact = try await records.make(
        "contacts", "contact", #"{"email":"kim@example.com","firstname":"Kim"}"#)
      var emails: [Int] = []
      for subject in ["Welcome, Kim", "You looked at owls"] {
        emails.append(
          try await records.make(
            "emails", "email",
            #"{"name":"\#(subject)","subject":"\#(subject)","emailType":"template","customHtml":"<p>Hello {contactfield=firstname}</p>"}"#
          ).id)
      }
      let segment = try await records.make("segments", "list", #"{"name":"Journey"}"#)
      let campaign = try await records.make(
        "campaigns", "campaign",
        """
        {"name":"Journey","isPublished":true,"lists":[\(segment.id)],"events":[
        {"id":"new1","name":"welcome","type":"email.send","eventType":"action","order":1,
         "properties":{"email":\(emails[0]),"email_type":"transactional"},"triggerMode":"immediate"},
        {"id":"new2","name":"looks at owls","type":"page.pagehit","eventType":"decision","order":2,
         "parent":"new1","properties":{"url":"*/owls"}},
        {"id":"new3","name":"owls","type":"email.send","eventType":"action","order":3,
         "parent":"new2","decisionPath":"yes","triggerMode":"immediate",
         "properties":{"email":\(emails[1]),"email_type":"transactional"}}]}
        """)
      try await records.add(contact, to: campaign)
      let isWelcomed = try await eventually {
        try world.subjects(to: "kim@example.com") == ["Welcome, Kim"]
      }
      try #require(isWelcomed)

      let shop = world.site.page("/birds")
      let account = world.site.page(
        "/account", calls: "mt('send', 'pageview', { email: 'kim@example.com' });")
      let owls = world.site.page("/owls")
      try await world.visit { browser in
        try await browser.open(shop)
        let unknown = try await browser.wait(for: "delivered[0]")["id"]?.int
        try #require(unknown != nil && unknown != contact.id)
        try await browser.open(account)
        let known = try await browser.wait(for: "delivered[0]")["id"]?.int
        try #require(known == contact.id)
        // What it looked at before is in the contact's history.
        let hits = try await records.hits(of: contact.id)
        try #require(hits == 2)
        try await browser.open(owls)
        try await browser.wait(for: "delivered[0]")
      }
      let isSent = try await eventually {
        try world.subjects(to: "kim@example.com") == ["Welcome, Kim", "You looked at owls"]
      }
      try #require(isSent)
    }
  }
}
