import Testing

@testable import Transfer

@Suite("What a server's words are about (EML-221, EML-422)")
struct SMTPReplyTests {
  private func verdict(
    _ line: String, at stage: SMTPReply.Stage = .recipient
  ) -> SMTPReply.Verdict {
    SMTPReply(line).verdict(at: stage)
  }

  @Test(
    "About the address: the statuses that name it, and words about the mailbox",
    arguments: [
      "550 5.1.1 <a@b.c>: Recipient address rejected: User unknown in virtual mailbox table",
      "550 5.1.2 bad destination", "553 5.1.3 bad", "550 5.1.6 moved", "556 5.1.10 null MX",
      "550 5.2.1 The account is disabled", "550 5.4.4 no route", "550-5.1.1 The email account",
      "550 no such user", "550 Requested action not taken: mailbox unavailable",
      "551 User not local", "551 moved", "553 mailbox name not allowed", "550 unknown local part",
      "550 5.0.0 <jo@example.com>... User unknown", "550 sorry, no mailbox here (#5.1.1)",
      "550 Unrouteable address", "554 5.1.1 gone",
      // A word of the address is no word of the server.
      "550 <spam@example.com>: no such mailbox", "550 policy@example.com: user unknown",
    ])
  func address(_ line: String) { #expect(verdict(line) == .address) }

  @Test(
    "About the sending side: blocking, spam, policy, rights",
    arguments: [
      "554 Service unavailable; Client host [192.0.2.9] blocked using bl.example",
      "550 rejected by policy, looks like spam", "554 5.7.1 <a@b.c>: Relay access denied",
      "550-5.7.26 not authenticated", "550 5.1.8 sender domain not found", "550 5.1.7 bad sender",
      "553 sorry, that domain isn't in my list of allowed rcpthosts",
      "550 your IP address has no PTR record", "550 Sender verify failed",
      "550 user not authorized to send",
      "550 5.1.1 192.0.2.9 is listed, blocked using dnsbl.example",
      "550 you are not allowed to send mail to this address", "550 SPF check failed",
      "550 Administrative prohibition", "550 mailbox policy violation: unsolicited mail",
    ])
  func sender(_ line: String) { #expect(verdict(line) == .sender) }

  @Test(
    "About the message: its size, its form, its age",
    arguments: [
      "553 5.6.7 SMTPUTF8 required", "552 5.3.4 message too big", "550 5.2.3 too long",
      "550 5.4.7 expired", "554 5.6.0 malformed", "552 Message size exceeds fixed limit",
      "550 message too large for this user", "553 SMTPUTF8 required",
    ])
  func message(_ line: String) { #expect(verdict(line) == .message) }

  @Test(
    "Temporary: 4xx, and mailboxes that are full",
    arguments: [
      "450 4.2.0 greylisted", "421 4.7.0 try later", "451 5.7.1 mixed", "552 5.2.2 mailbox full",
      "550 5.2.2 full", "552 too much", "550 mailbox full", "550 user is over quota",
      "552 Requested mail action aborted: exceeded storage allocation",
    ])
  func passing(_ line: String) { #expect(verdict(line) == .passing) }

  @Test(
    "What nobody can tell bars no address",
    arguments: ["550 no", "554 no such user", "550 5.3.0 other", "550 5.4.1 x", "550", "", "\0"])
  func unclear(_ line: String) {
    #expect([.unclear, .passing].contains(verdict(line)))
    #expect(verdict(line) != .address)
  }

  @Test(
    "The place in the dialogue counts: a refusal at MAIL or of the content is no refusal of RCPT")
  func stages() {
    #expect(verdict("550 not you", at: .sender) == .sender)
    #expect(verdict("550 5.1.1 unknown", at: .sender) == .sender)
    #expect(verdict("552 5.3.4 too big", at: .sender) == .message)
    #expect(verdict("552 too much", at: .sender) == .message)
    #expect(verdict("554 looks bad", at: .content) == .message)
    #expect(verdict("550 no such user", at: .content) == .message)
    #expect(verdict("550 5.1.1 no such user", at: .content) == .address)
    #expect(verdict("552 too much", at: .content) == .message)
    #expect(verdict("554 5.7.1 blocked", at: .content) == .sender)
  }

  @Test("Reports: the server's own status counts before the one that was made of it")
  func reports() {
    func verdict(_ status: String?, _ diagnostic: String?) -> SMTPReply.Verdict {
      SMTPReply(status: status, diagnostic: diagnostic).verdict(at: .recipient)
    }
    #expect(verdict("5.1.1", nil) == .address && verdict("5.1.1 (unknown)", "x") == .address)
    #expect(verdict("5.1.1", "smtp; 550 5.7.1 blocked") == .sender)
    #expect(verdict("5.0.0", "smtp; 550 no such user") == .address)
    #expect(verdict("5.7.1", "smtp; 550 no such user") == .sender)
    #expect(verdict("5.3.4", nil) == .message && verdict("5.2.3", nil) == .message)
    #expect(verdict("5.4.7", nil) == .message && verdict("4.4.7", nil) == .passing)
    #expect(verdict(nil, nil) == .passing && verdict("", "") == .passing)
  }

  @Test("Any text is judged (EML-420)")
  func fuzz() {
    let parts = ["550", "5.1.1", " ", "-", "(#", "5.", "<", ">", "@", "user", "no", "\u{301}", ";"]
    for _ in 0..<5_000 {
      let line = (0..<Int.random(in: 0...12)).map { _ in parts.randomElement() ?? "" }.joined()
      _ = SMTPReply(line).verdict(at: .recipient)
      _ = SMTPReply(status: line, diagnostic: line).verdict(at: .content)
    }
  }
}
