import Contacts
import Foundation
import TestSupport
import Testing

@testable import Channels

@Suite("Texts for telephones, notifications and tweets (api.md 10)") struct ChannelTextTests {
  /// The member that is refused, or nil.
  private func refused(_ body: () throws -> Void) throws -> String? {
    do {
      try body()
    } catch let error as InvalidInput {
      return error.problems.first?.member
    }
    return nil
  }

  @Test("Markup is taken out of a text; what must be there may not be emptied")
  func smses() throws {
    var input = SMSInput()
    #expect(try refused { _ = try SMSValues(input, before: nil, replacing: true) } == "name")
    input.name = "Hello"
    #expect(try refused { _ = try SMSValues(input, before: nil, replacing: true) } == "message")
    input.message = "<b>Hi</b> Sam & Sons, 5 > 3"
    let values = try SMSValues(input, before: nil, replacing: true)
    #expect(values.message == "Hi Sam & Sons, 5 > 3" && values.language == "en")
    var change = SMSInput()
    change.message = " "
    #expect(
      try refused { _ = try SMSValues(change, before: values, replacing: false) } == "message")
    change.message = String(repeating: "x", count: 65_536)
    #expect(
      try refused { _ = try SMSValues(change, before: values, replacing: false) } == "message")
    change.message = nil
    change.language = ""
    change.publishUp = .some(Date(timeIntervalSince1970: 10))
    change.publishDown = .some(Date(timeIntervalSince1970: 5))
    #expect(
      try refused { _ = try SMSValues(change, before: values, replacing: false) } == "publishDown")
    change.publishDown = .some(nil)
    let after = try SMSValues(change, before: values, replacing: false)
    #expect(after.message == values.message && after.language == "en" && after.publishDown == nil)
  }

  @Test("A notification needs a heading and a message; replacing forgets the rest")
  func notifications() throws {
    var input = PushNotificationInput()
    input.name = "News"
    #expect(
      try refused { _ = try PushNotificationValues(input, before: nil, replacing: true) }
        == "heading")
    input.heading = "News"
    #expect(
      try refused { _ = try PushNotificationValues(input, before: nil, replacing: true) }
        == "message")
    input.message = "Something is new"
    input.url = "https://example.com/?a=1&b=2"
    input.utm = ["utmSource": "push", "utmMedium": nil]
    let values = try PushNotificationValues(input, before: nil, replacing: true)
    #expect(values.url == "https://example.com/?a=1&b=2")
    #expect(values.utm.source == "push" && values.utm.medium == nil)
    input.url = nil
    input.utm = nil
    let replaced = try PushNotificationValues(input, before: values, replacing: true)
    #expect(replaced.url == nil && replaced.utm.source == nil)
    let kept = try PushNotificationValues(input, before: values, replacing: false)
    #expect(kept == values)
    input.url = String(repeating: "x", count: 2_001)
    #expect(
      try refused { _ = try PushNotificationValues(input, before: nil, replacing: true) } == "url")
  }

  @Test("A tweet has at most 280 characters, whatever their bytes")
  func tweets() throws {
    var input = TweetInput()
    input.name = "Launch"
    #expect(try refused { _ = try TweetValues(input, before: nil, replacing: true) } == "text")
    input.text = String(repeating: "🚀", count: 281)
    #expect(try refused { _ = try TweetValues(input, before: nil, replacing: true) } == "text")
    input.text = String(repeating: "🚀", count: 280)
    input.mediaPath = "images/rocket.png"
    let values = try TweetValues(input, before: nil, replacing: true)
    #expect(values.text.unicodeScalars.count == 280 && values.mediaPath == "images/rocket.png")
    input.mediaID = String(repeating: "1", count: 256)
    #expect(
      try refused { _ = try TweetValues(input, before: values, replacing: false) } == "mediaId")
  }

  @Test("Every value is kept; a change is logged, and what changes nothing is not")
  func stores() async throws {
    try await ChannelsBed.with { bed in
      let sms = try await bed.sms()
      #expect(try await bed.smses.find(sms.id) == sms)
      var change = SMSInput()
      change.message = "Bye"
      let after = try await bed.smses.update(
        sms.id, change, by: ChannelsBed.author, now: bed.now)
      #expect(after?.values.message == "Bye" && after?.values.name == "Hello")
      _ = try await bed.smses.update(sms.id, change, by: ChannelsBed.author, now: bed.now)
      #expect(try await bed.smses.update(99, change, by: ChannelsBed.author, now: bed.now) == nil)
      _ = try await bed.smses.delete(sms.id, by: ChannelsBed.author, now: bed.now)
      #expect(try await bed.smses.find(sms.id) == nil)
      let lines = try await bed.audited("sms")
      #expect(
        lines == [
          "create {}", #"update {"message": ["Hello there", "Bye"]}"#,
          #"delete {"name": "Hello"}"#,
        ])

      var input = PushNotificationInput()
      input.name = "News"
      input.heading = "News"
      input.message = "Something is new"
      input.url = "https://example.com/"
      input.button = "Read"
      input.language = "de"
      input.utm = [
        "utmSource": "a", "utmMedium": "b", "utmCampaign": "c", "utmContent": "d",
      ]
      input.publishUp = .some(Date(timeIntervalSince1970: 1_700_000_000))
      input.publishDown = .some(Date(timeIntervalSince1970: 1_800_000_000))
      input.isPublished = false
      let given = try PushNotificationValues(input, before: nil, replacing: true)
      let notification = try await bed.notifications.create(
        input, by: ChannelsBed.author, now: bed.now)
      #expect(notification.values == given)

      var tweet = TweetInput()
      tweet.name = "Launch"
      tweet.description = "The first"
      tweet.text = "We fly"
      tweet.mediaID = "17"
      tweet.mediaPath = "images/rocket.png"
      let tweeted = try TweetValues(tweet, before: nil, replacing: true)
      let stored = try await bed.tweets.create(tweet, by: ChannelsBed.author, now: bed.now)
      #expect(stored.values == tweeted && stored.dates.createdByUser == "Ada Admin")
    }
  }

  @Test("Records of a deleted category are left without one")
  func categories() async throws {
    try await ChannelsBed.with { bed in
      let category = try await bed.category()
      var input = SMSInput()
      input.name = "Hello"
      input.message = "Hello there"
      input.category = .some(category)
      let sms = try await bed.smses.create(input, by: ChannelsBed.author, now: bed.now)
      #expect(sms.category?.title == "Sale")
      var message = MarketingMessageInput()
      message.name = "All"
      message.category = .some(category)
      let all = try await bed.messages.create(message, by: ChannelsBed.author, now: bed.now)
      _ = try await bed.categories.delete(category, by: ChannelsBed.author, now: bed.now)
      #expect(try await bed.smses.find(sms.id)?.values.category == nil)
      #expect(try await bed.messages.find(all.id)?.values.category == nil)
      input.category = .some(category)
      await #expect(throws: UnknownCategory.self) {
        _ = try await bed.smses.create(input, by: ChannelsBed.author, now: bed.now)
      }
    }
  }
}
