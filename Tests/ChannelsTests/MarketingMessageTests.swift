import Contacts
import Foundation
import TestSupport
import Testing

@testable import Channels

@Suite("Marketing messages (api.md 9)") struct MarketingMessageTests {
  private func input(
    _ channels: [MessageChannel: (content: Int64?, isEnabled: Bool)]
  ) -> MarketingMessageInput {
    var input = MarketingMessageInput()
    input.name = "Sale"
    input.channels = channels.mapValues { given in
      var channel = MarketingMessageInput.Channel()
      channel.content = .some(given.content)
      channel.isEnabled = given.isEnabled
      return channel
    }
    return input
  }

  @Test("Channels are kept with the names of what they send, each with an id of its own")
  func creates() async throws {
    try await ChannelsBed.with { bed in
      let (email, sms) = (try await bed.email(), try await bed.sms())
      let notification = try await bed.notification()
      let message = try await bed.messages.create(
        input([
          .email: (email, true), .sms: (sms.id, false), .notification: (notification.id, true),
        ]), by: ChannelsBed.author, now: bed.now)
      #expect(message.values.channels[.email] == ChannelContent(content: email, isEnabled: true))
      #expect(message.values.channels[.sms] == ChannelContent(content: sms.id, isEnabled: false))
      #expect(
        message.contentNames == [.email: "Letter", .sms: "Hello", .notification: "News"])
      let other = try await bed.messages.create(
        input([.email: (nil, false)]), by: ChannelsBed.author, now: bed.now)
      #expect(other.values.channels == [.email: ChannelContent()])
      let ids = [message, other].flatMap { one in MessageChannel.allCases.map { one.id(of: $0) } }
      #expect(Set(ids).count == 6)
      let page = try await bed.messages.page(start: 0, limit: 10)
      #expect(page.records == [message, other] && page.total == 2)
    }
  }

  @Test("A channel that is not named is kept, but not in use; replacing removes it")
  func edits() async throws {
    try await ChannelsBed.with { bed in
      let (email, sms) = (try await bed.email(), try await bed.sms())
      let message = try await bed.messages.create(
        input([.email: (email, true), .sms: (sms.id, true)]), by: ChannelsBed.author, now: bed.now)
      var change = MarketingMessageInput()
      change.name = "Winter sale"
      var after = try await bed.messages.update(
        message.id, change, by: ChannelsBed.author, now: bed.now)
      #expect(after?.values.channels == message.values.channels)
      change.channels = [.email: MarketingMessageInput.Channel()]
      after = try await bed.messages.update(
        message.id, change, by: ChannelsBed.author, now: bed.now)
      #expect(
        after?.values.channels == [
          .email: ChannelContent(content: email, isEnabled: true),
          .sms: ChannelContent(content: sms.id, isEnabled: false),
        ])
      after = try await bed.messages.update(
        message.id, input([.notification: (nil, true)]), replacing: true,
        by: ChannelsBed.author, now: bed.now)
      #expect(
        after?.values.channels == [.notification: ChannelContent(content: nil, isEnabled: true)])
      let lines = try await bed.audited("message")
      #expect(lines.map { $0.prefix(6) } == ["create", "update", "update", "update"])
      #expect(lines[2].contains(#""sms": {"channelId": \#(sms.id), "isEnabled": false}"#))
    }
  }

  @Test("What a channel sends must be there, and may be deleted at any time")
  func contents() async throws {
    try await ChannelsBed.with { bed in
      let (email, sms) = (try await bed.email(), try await bed.sms())
      let notification = try await bed.notification()
      for channel in MessageChannel.allCases {
        await #expect {
          _ = try await bed.messages.create(
            input([channel: (99, true)]), by: ChannelsBed.author, now: bed.now)
        } throws: { error in
          (error as? InvalidInput)?.problems.first?.member
            == "channels.\(channel.rawValue).channelId"
        }
      }
      #expect(try await bed.messages.page(start: 0, limit: 10).total == 0)
      let message = try await bed.messages.create(
        input([
          .email: (email, true), .sms: (sms.id, true), .notification: (notification.id, true),
        ]), by: ChannelsBed.author, now: bed.now)
      try await bed.pool.query("DELETE FROM emails WHERE id = \(email)")
      _ = try await bed.smses.delete(sms.id, by: ChannelsBed.author, now: bed.now)
      _ = try await bed.notifications.delete(
        notification.id, by: ChannelsBed.author, now: bed.now)
      let after = try #require(try await bed.messages.find(message.id))
      #expect(after.contentNames.isEmpty && after.values.channels.count == 3)
      #expect(
        after.values.channels.values.allSatisfy {
          $0 == ChannelContent(content: nil, isEnabled: true)
        })
    }
  }
}
