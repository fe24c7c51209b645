import Contacts
import Foundation
import JobQueue
import Postgres
import Segments
import Synchronization
import TestSupport
import Testing
import Transfer

@testable import Mail

@Suite("Refusals: of one recipient, of one message, of the sender")
struct RefusalTests {
  /// An SMTP server that replies to RCPT as told; nil ends the connection.
  private func server(
    _ reply: @escaping @Sendable (String) -> String?
  ) throws -> (transport: SMTPTransport, listener: Listener) {
    let listener = try Listener { conversation in
      conversation.say("220 here\r\n")
      while let command = conversation.line() {
        switch command.prefix(4).uppercased() {
        case "RCPT":
          guard let answer = reply(command) else { return }
          conversation.say("\(answer)\r\n")
        case "DATA":
          conversation.say("354 go on\r\n")
          guard conversation.linesBeforePoint() != nil else { return }
          conversation.say("250 taken\r\n")
        case "QUIT": return conversation.say("221 bye\r\n")
        default: conversation.say("250 ok\r\n")
        }
      }
    }
    let server = try #require(SMTPServer(url: "smtp://127.0.0.1:\(listener.port)?tls=none"))
    return (SMTPTransport(server, timeout: .seconds(60)), listener)
  }

  private func message(_ name: String) -> OutgoingMessage {
    OutgoingMessage(
      hash: UUID(), sender: "news@example.com", recipient: "\(name)@example.com", copies: [],
      content: Array("Subject: x\r\n\r\nHi\r\n".utf8), isRepeated: false)
  }

  @Test(
    "EML-222: whoever is put off, even by the end of the connection, stops no other of its group",
    arguments: ["421 4.7.0 try later", "450 busy", nil])
  func putOff(_ answer: String?) async throws {
    let (transport, listener) = try server { $0.contains("<r4") ? answer : "250 ok" }
    let names = ["r421", "ok1", "ok2", "r422", "r423", "ok3"]
    let outcomes = await transport.deliver(names.map(message), settings: MailSettings())
    for (name, outcome) in zip(names, outcomes) {
      if name.hasPrefix("ok") {
        #expect(outcome == .accepted, "\(name)")
      } else {
        guard case .later = outcome else {
          Issue.record("\(name): \(outcome)")
          continue
        }
      }
    }
    #expect(listener.connections > 1)
  }

  @Test("EML-222: one contact of a thousand whose message cannot be made: the others get theirs")
  func unmade() async throws {
    var registry = FilterRegistry.contacts
    registry.add([
      FilterField(
        "odd", .number, topics: [.column("points")],
        source: .value("(1 / (c.id - 377))", .integer, isNeverNull: true))
    ])
    var settings = MailSettings()
    settings.maximumBytes = 20_000
    try await MailBed.with(settings, registry: registry) { bed in
      try await bed.people(1_000)
      try await bed.pool.query("UPDATE contacts SET lastname = repeat('x', 30000) WHERE id = 500")
      let content = """
        [{"tokenName": "Offer", "content": "for others", "filters": [
          {"content": "for early ones", "filters": [{"glue": "and", "field": "odd", "object": "lead",
            "type": "number", "operator": "lt", "properties": {"filter": 0}}]}]}]
        """
      let email = try await bed.email(
        html: "<p>{dynamiccontent=\"Offer\"} {contactfield=lastname}</p>", ", dynamic_content",
        ", \(JSON(text: content))")
      try await bed.dispatch(email, to: (1...1_000).map(Int64.init))
      try await bed.sendAll()
      let states = try await bed.states()
      #expect(states.count { $0.hasSuffix(":sent") } == 998)
      #expect(states.filter { !$0.hasSuffix(":sent") } == ["377:failed", "500:failed"])
      #expect(try bed.message(to: "user376@example.com").plain == "for early ones Last376")
      #expect(try bed.message(to: "user378@example.com").plain == "for others Last378")
      let reasons = try await bed.texts(
        "SELECT coalesce(note, '-') FROM email_sends WHERE is_failed ORDER BY contact_id")
      #expect(reasons[0].hasPrefix("the dynamic content cannot be chosen"), "\(reasons)")
      #expect(reasons[1].hasSuffix("more than may be sent"), "\(reasons)")
    }
  }

  @Test("EML-222: a server that keeps every message waiting is left alone after a while")
  func patience() async throws {
    let (_, listener) = try server { _ in nil }
    let server = try #require(SMTPServer(url: "smtp://127.0.0.1:\(listener.port)?tls=none"))
    let transport = SMTPTransport(server, timeout: .seconds(60), patience: .zero)
    let outcomes = await transport.deliver(
      ["a", "b", "c"].map(message), settings: MailSettings())
    guard case .later = outcomes[0], case .down = outcomes[1], case .down = outcomes[2] else {
      Issue.record("\(outcomes)")
      return
    }
  }

  @Test("EML-222: what was not tried comes back apart from what was put off")
  func comesBackApart() async throws {
    let transport = StubTransport { message in
      message.recipient == "user1@example.com" ? .later("421 later") : .down("gone")
    }
    try await MailBed.with(transport: transport) { bed in
      try await bed.people(3)
      try await bed.dispatch(try await bed.email(), to: [1, 2, 3])
      try await bed.sendAll()
      #expect(try await bed.states() == ["1:queued", "2:queued", "3:queued"])
      #expect(
        try await bed.pool.query("SELECT FROM jobs WHERE run_at > \(bed.now)").count == 2)
    }
  }

  @Test("EML-221, EML-225: refused because of us, messages fail, contacts stay, the channel pauses")
  func aboutUs() async throws {
    let isListed = Atomic<Bool>(true)
    let transport = StubTransport { _ in
      isListed.load(ordering: .relaxed) ? .refusedSender("554 blocked using bl.example") : .accepted
    }
    try await MailBed.with(transport: transport) { bed in
      try await bed.people(6)
      let email = try await bed.email()
      try await bed.dispatch(email, to: [1, 2, 3])
      try await bed.sendAll()
      #expect(try await bed.states() == ["1:failed", "2:failed", "3:failed"])
      #expect(try await bed.texts("SELECT contact_id::text FROM do_not_contact").isEmpty)
      let pause = try #require(try await ChannelPauseStore.current(on: bed.pool))
      #expect(pause.reason.contains("554 blocked using bl.example"))
      // Nothing goes out, and no attempt is used up.
      isListed.store(false, ordering: .relaxed)
      try await bed.dispatch(email, to: [4, 5, 6], key: "later")
      try await bed.sendAll()
      #expect(try await bed.states().suffix(3) == ["4:queued", "5:queued", "6:queued"])
      #expect(
        try await bed.texts("SELECT attempts::text FROM email_sends WHERE contact_id = 4") == ["0"])
      #expect(try await ChannelPauseStore.end(at: bed.now, on: bed.pool))
      #expect(try await !ChannelPauseStore.end(at: bed.now, on: bed.pool))
      bed.clock.advance(.seconds(61))
      try await bed.sendAll()
      #expect(try await bed.states().suffix(3) == ["4:sent", "5:sent", "6:sent"])
      #expect(try await ChannelPauseStore.current(on: bed.pool) == nil)
    }
  }

  @Test("EML-225: single messages count together; few refusals among many do not pause the channel")
  func judges() async throws {
    try await MailBed.with { bed in
      let judge = bed.environment.channel
      let refusal = DeliveryOutcome.refusedSender("550 no")
      #expect(try await !judge.judge(Array(repeating: .accepted, count: 25) + [refusal, refusal]))
      #expect(try await !judge.judge([]))
      #expect(try await !judge.judge([.later("x"), .down("x")]))
      #expect(
        try await !judge.judge([refusal, .refusedRecipient("x"), .accepted, refusal, .accepted]))
      #expect(try await ChannelPauseStore.current(on: bed.pool) == nil)
      var count = 0
      while try await !judge.judge([refusal]), count < 100 { count += 1 }
      #expect(count < 25)
      #expect(try await ChannelPauseStore.current(on: bed.pool) != nil)
      #expect(try await !ChannelPauseStore.begin("again", at: bed.now, on: bed.pool))
    }
  }
}
