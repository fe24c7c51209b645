import Synchronization
import Testing

@testable import Transfer

@Suite("Messages by SMTP (EML-220 to EML-222)")
struct SMTPSessionTests {
  private func session(
    _ stub: SMTPStub, perConnection: Int = 100
  ) throws -> SMTPSession {
    SMTPSession(
      try #require(SMTPServer(url: stub.url)), timeout: .seconds(60),
      messagesPerConnection: perConnection)
  }

  private func message(_ to: String = "kim@example.com", _ body: String = "Hello") -> SMTPMessage {
    SMTPMessage(
      sender: "news@example.com", recipient: to,
      content: Array("Subject: x\r\n\r\n\(body)\r\n".utf8))
  }

  @Test("Many messages share one connection; a line that begins with a dot arrives")
  func sends() async throws {
    let stub = try SMTPStub()
    let session = try session(stub)
    let bodies = ["one", ".two\r\n..", "three"]
    let outcomes = await session.send(bodies.map { message("kim@example.com", $0) })
    #expect(outcomes == Array(repeating: .accepted(reply: "250 taken"), count: 3))
    #expect(
      stub.received.withLock { $0 } == [
        "Subject: x\n\none\n", "Subject: x\n\n..two\n...\n", "Subject: x\n\nthree\n",
      ])
    #expect(stub.connections == 1)
  }

  @Test("A connection carries at most the configured number of messages (EML-230)")
  func reconnects() async throws {
    let stub = try SMTPStub()
    let session = try session(stub, perConnection: 2)
    _ = await session.send((0..<5).map { _ in message() })
    #expect(stub.received.withLock { $0.count } == 5)
    #expect(stub.connections == 3)
  }

  @Test("A refused recipient fails alone, permanently or temporarily (EML-222)")
  func refusesRecipients() async throws {
    let stub = try SMTPStub { command in
      if command.contains("gone@") { return "550 no such user" }
      if command.contains("later@") { return "450 busy" }
      return ""
    }
    let outcomes = await (try session(stub)).send(
      ["a@example.com", "gone@example.com", "later@example.com", "b@example.com"].map {
        message($0)
      })
    #expect(outcomes[0] == .accepted(reply: "250 taken"))
    #expect(outcomes[1] == .refused(.recipient, isPermanent: true, reason: "550 no such user"))
    #expect(outcomes[2] == .refused(.recipient, isPermanent: false, reason: "450 busy"))
    #expect(outcomes[3] == .accepted(reply: "250 taken"))
  }

  @Test("An invalid sender is not blamed on recipients and may be corrected (EML-221)")
  func malformedSender() async throws {
    let stub = try SMTPStub()
    var message = message()
    message.sender = "News <news@example.com>"
    guard case .refused(.message, false, _) = await (try session(stub)).send([message])[0] else {
      Issue.record("not tried again")
      return
    }
    #expect(stub.received.withLock { $0.isEmpty })
  }

  @Test("A refusal of the sender or the message says nothing about the recipient")
  func refusesMessages() async throws {
    let sender = try SMTPStub { $0.hasPrefix("MAIL") ? "550 not you" : "" }
    #expect(
      await (try session(sender)).send([message()]) == [
        .refused(.sender, isPermanent: true, reason: "550 not you")
      ])
    let content = try SMTPStub { $0 == "." ? "554 looks bad" : "" }
    #expect(
      await (try session(content)).send([message()]) == [
        .refused(.message, isPermanent: true, reason: "554 looks bad")
      ])
    let busy = try SMTPStub { $0 == "." ? "451 try again" : "" }
    #expect(
      await (try session(busy)).send([message()]) == [
        .refused(.message, isPermanent: false, reason: "451 try again")
      ])
  }

  @Test("A connection broken before the content is a refusal, later it is unknown (EML-220)")
  func breaks() async throws {
    let early = try SMTPStub { $0.hasPrefix("RCPT") ? nil : "" }
    // The next message may fare better: the connection is not what failed.
    guard case .refused(.recipient, false, _) = await (try session(early)).send([message()])[0]
    else {
      Issue.record("a break before the content")
      return
    }
    let late = try SMTPStub { $0 == "." ? nil : "" }
    guard case .unknown = await (try session(late)).send([message()])[0] else {
      Issue.record("a break after the content")
      return
    }
    let nobody = SMTPSession(try #require(SMTPServer(url: "smtp://127.0.0.1:1")))
    guard case .refused(.connection, false, _) = await nobody.send([message()])[0] else {
      Issue.record("nobody listens")
      return
    }
  }

  @Test(
    "A recipient that is put off stops no other, wherever it stands (EML-222)",
    arguments: [("421 4.7.0 try later", "RCPT"), (nil, "RCPT"), ("421 bye", "MAIL"), (nil, "MAIL")])
  func putsOff(_ answer: String?, at command: String) async throws {
    let stub = try SMTPStub { line in
      line.hasPrefix(command) && line.contains("later@") ? answer : ""
    }
    let messages = ["later", "a", "later", "later", "b"].map { name in
      var message = message("\(name)@example.com")
      message.sender = "\(name)@example.com"
      return message
    }
    let outcomes = await (try session(stub)).send(messages)
    for (message, outcome) in zip(messages, outcomes) {
      if message.recipient.hasPrefix("later") {
        guard case .refused(let subject, false, _) = outcome, subject != .connection else {
          Issue.record("\(outcome)")
          continue
        }
      } else {
        #expect(outcome == .accepted(reply: "250 taken"))
      }
    }
  }

  @Test("A server that takes no message at all is out of reach (EML-222)")
  func takesNothing() async throws {
    let greeting = try SMTPStub { $0.hasPrefix("EHLO") ? "421 4.3.2 shutting down" : "421 no" }
    guard case .refused(.connection, false, _) = await (try session(greeting)).send([message()])[0]
    else {
      Issue.record("not the connection's failure")
      return
    }
  }

  @Test("All lines of a reply are read; the size is refused for good (EML-221)")
  func longReplies() async throws {
    let stub = try SMTPStub { command in
      if command.contains("gone@") { return "550-no such user\r\n550 see https://example.com/" }
      if command.contains("bad@") {
        return "550-blocked using bl.example\r\n550 mailbox unavailable"
      }
      return command == "DATA" ? "552 5.3.4 message too big" : ""
    }
    let outcomes = await (try session(stub)).send(
      ["gone@example.com", "bad@example.com", "a@example.com"].map { message($0) })
    #expect(
      outcomes == [
        .refused(
          .recipient, isPermanent: true, reason: "550-no such user see https://example.com/"),
        .refused(
          .sender, isPermanent: true, reason: "550-blocked using bl.example mailbox unavailable"),
        .refused(.message, isPermanent: true, reason: "552 5.3.4 message too big"),
      ])
  }

  @Test("An idle connection closed by the server is reopened without a failure")
  func survivesRest() async throws {
    let commands = Atomic<Int>(0)
    let stub = try SMTPStub { command in
      // The second message on the first connection finds it closed.
      command.hasPrefix("MAIL") && commands.add(1, ordering: .relaxed).newValue == 2 ? nil : ""
    }
    let session = try session(stub)
    #expect(await session.send([message()]) == [.accepted(reply: "250 taken")])
    #expect(await session.send([message()]) == [.accepted(reply: "250 taken")])
    #expect(stub.connections == 2)
  }

  @Test("Addresses that would end a command are never sent")
  func refusesInjection() async throws {
    let stub = try SMTPStub()
    let bad = ["a@b>\r\nRCPT TO:<c@d", "a b@c", "", "a@b\0"].map { message($0) }
    for outcome in await (try session(stub)).send(bad.filter { !$0.recipient.isEmpty }) {
      guard case .refused(.recipient, true, _) = outcome else {
        Issue.record("\(outcome)")
        continue
      }
    }
    #expect(stub.connections == 0)
  }

  @Test("URLs of servers")
  func urls() throws {
    let server = try #require(
      SMTPServer(url: "smtp://kim%40a:p%3Aw@mail.example.com:587?tls=starttls&hello=me.example.com")
    )
    #expect(server.host == "mail.example.com" && server.port == 587)
    #expect(server.user == "kim@a" && server.password == "p:w" && server.security == .starttls)
    #expect(server.address == "smtp://mail.example.com:587/me.example.com")
    #expect(SMTPServer(url: "smtps://mail.example.com")?.port == 465)
    #expect(SMTPServer(url: "smtp://mail.example.com")?.security == .offered)
    for url in ["", "http://a", "smtp://", "smtp://a?tls=maybe", "smtp://a?x=y", "smtp://a/b"] {
      #expect(SMTPServer(url: url) == nil, "\(url)")
    }
  }
}
