import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing

@testable import Mail

@Suite("Returned messages in the forms of many programs (EML-420, EML-422)")
struct ReturnedMailTests {
  private let now = Date(timeIntervalSince1970: 0)
  private let hash = UUID()
  private var to: String { "bounces+\(SendHash.text(hash))@example.com" }

  private func reports(_ text: String) -> [BounceReport] {
    BounceParser.reports(Array(text.replacingOccurrences(of: "\n", with: "\r\n").utf8), now: now)
  }

  private func qmail(_ reason: String) -> String {
    """
    From: MAILER-DAEMON@mx.example.net
    To: \(to)
    Subject: failure notice

    Hi. This is the qmail-send program at mx.example.net.
    I'm afraid I wasn't able to deliver your message to the following addresses.
    This is a permanent error; I've given up. Sorry it didn't work out.

    <jo@example.com>:
    \(reason)

    --- Below this line is a copy of the message.

    Return-Path: <\(to)>
    Subject: 550 5.1.1 no such user

    Hi
    """
  }

  @Test("qmail: the paragraph of a recipient gives the code")
  func qmail() {
    let remote = """
      192.0.2.1 does not like recipient.
      Remote host said: 550 5.1.1 no such user
      Giving up on 192.0.2.1.
      """
    for reason in [
      remote, "Sorry, no mailbox here by that name. (#5.1.1)", "Remote host said: 550 no such user",
    ] {
      let found = reports(qmail(reason))
      #expect(found.count == 1, "\(reason)")
      #expect(found.first?.kind == .hard && found.first?.hash == hash, "\(reason)")
      #expect(found.first?.address == "jo@example.com")
    }
    let blocked = reports(qmail("Remote host said: 554 5.7.1 Client host blocked using bl.example"))
    #expect(blocked.first?.kind == .soft && blocked.first?.isAboutRecipient == false)
    #expect(blocked.first?.isFinal == true)
    let full = reports(qmail("Remote host said: 552 5.2.2 mailbox full"))
    #expect(full.first?.kind == .soft && full.first?.isAboutRecipient == true)
    let two = qmail("Remote host said: 550 5.1.1 a").replacing(
      "--- Below", with: "<kim@example.com>:\nRemote host said: 550 5.1.1 b\n\n--- Below")
    #expect(reports(two).map(\.address) == ["jo@example.com", "kim@example.com"])
    #expect(Set(reports(two).map(\.key)).count == 2)
  }

  private func exim(_ lines: String, failed: String = "jo@example.com") -> String {
    """
    X-Failed-Recipients: \(failed)
    Auto-Submitted: auto-replied
    From: Mail Delivery System <Mailer-Daemon@mx.example.net>
    To: \(to)
    Subject: Mail delivery failed: returning message to sender

    This message was created automatically by mail delivery software.

    A message that you sent could not be delivered to one or more of its
    recipients. This is a permanent error. The following address(es) failed:

    \(lines)

    ------ This is a copy of the message, including all the headers. ------

    Subject: Hello

    550 5.1.1
    """
  }

  @Test("Exim: the header names the recipients, the lines behind each give the code")
  func exim() {
    let remote = """
        jo@example.com
          SMTP error from remote mail server after RCPT TO:<jo@example.com>:
          host mx.example.com [192.0.2.1]: 550 5.1.1 no such user
      """
    #expect(reports(exim(remote)).map(\.kind) == [.hard])
    #expect(reports(exim("  jo@example.com\n    Unrouteable address")).map(\.kind) == [.hard])
    let policy =
      "  jo@example.com\n    host mx [192.0.2.1]: 550 rejected by policy, looks like spam"
    #expect(reports(exim(policy)).first?.isAboutRecipient == false)
    let both = """
        jo@example.com
          Unrouteable address
        kim@example.com
          host mx.example.com [192.0.2.1]: 552 5.2.2 mailbox full
      """
    let found = reports(exim(both, failed: "jo@example.com,\n kim@example.com"))
    #expect(found.map(\.address) == ["jo@example.com", "kim@example.com"])
    #expect(found.map(\.kind) == [.hard, .soft] && found.allSatisfy { $0.hash == hash })
  }

  @Test("Other mail servers count if they quote a reply and lead to a send; people do not")
  func others() {
    func text(_ from: String, to: String, _ body: String) -> String {
      "From: \(from)\nTo: \(to)\nSubject: Undeliverable\n\n\(body)\n"
    }
    let body = """
      Your message could not be delivered.

         ----- Transcript of session follows -----
      ... while talking to mx.example.com.:
      >>> RCPT To:<jo@example.com>
      <<< 550 5.1.1 <jo@example.com>... User unknown
      """
    let daemon = "MAILER-DAEMON@mx.example.net"
    #expect(reports(text(daemon, to: to, body)).map(\.kind) == [.hard])
    let quoting =
      body
      + "\n\n   ----- Original message follows -----\n\nMessage-ID: <\(SendHash.text(hash))@x>\n"
    #expect(reports(text(daemon, to: "bounces@example.com", quoting)).first?.hash == hash)
    // Nothing leads to a send; or a person's automatic reply.
    #expect(reports(text(daemon, to: "bounces@example.com", body)).isEmpty)
    #expect(reports(text("Kim <kim@example.com>", to: to, "I am away. 550 5.1.1")).isEmpty)
    #expect(reports(text(daemon, to: to, "Your message is delayed.")).isEmpty)
  }

  @Test(
    "Encoded parts are decoded: base64 and quoted-printable",
    arguments: ["base64", "BASE64", "quoted-printable"])
  func encodings(_ encoding: String) {
    let status = """
      Reporting-MTA: dns; mx.example.net

      Final-Recipient: rfc822; jo@example.com
      Action: failed
      Status: 5.1.1
      """
    func encoded(_ text: String) -> String {
      encoding == "quoted-printable"
        ? text.replacing("5.1.1", with: "=35.1=2E1").replacing("failed", with: "fai=\nled")
        : Data(text.utf8).base64EncodedString(options: .lineLength64Characters)
    }
    let returned = "Message-ID: <\(SendHash.text(hash))@mail.example.com>\n\nHi"
    let found = reports(
      """
      To: bounces@example.com
      Content-Type: multipart/report; report-type=delivery-status; boundary=b

      --b
      Content-Type: message/delivery-status
      Content-Transfer-Encoding: \(encoding)

      \(encoded(status))
      --b
      Content-Type: text/rfc822-headers
      Content-Transfer-Encoding: \(encoding)

      \(encoded(returned))
      --b--
      """)
    #expect(found.map(\.kind) == [.hard] && found.first?.address == "jo@example.com")
    #expect(found.first?.hash == hash)
  }

  @Test("EML-422: reports about the sender or the message never bar an address, and fail the send")
  func neverBar() async throws {
    try await MailBed.with { bed in
      let hash = try await bed.sentOne()
      let recorder = BounceRecorder(environment: bed.environment)
      for number in 0..<8 {
        let text = """
          To: bounces+\(SendHash.text(hash))@example.com
          Message-ID: <n\(number)@mx.example.net>
          Content-Type: multipart/report; boundary=b

          --b
          Content-Type: message/delivery-status

          Reporting-MTA: dns; mx.example.net

          Final-Recipient: rfc822; user1@example.com
          Action: failed
          Status: \(number % 2 == 0 ? "5.7.1" : "5.6.0")
          --b--
          """
        try await recorder.record(BounceParser.reports(Array(text.utf8), now: bed.now))
      }
      #expect(try await bed.texts("SELECT contact_id::text FROM do_not_contact").isEmpty)
      #expect(try await bed.states() == ["1:bounced"])
      #expect(
        try await bed.texts("SELECT bounced_count || ' ' || failed_count FROM emails") == ["1 1"])
    }
  }

  @Test("No text makes the readers fail (EML-420)")
  func fuzz() {
    for whole in [qmail("Remote host said: 550 5.1.1 x"), exim("  jo@example.com\n    550 x")] {
      for _ in 0..<500 {
        var bytes = Array(whole.utf8)
        for _ in 0..<Int.random(in: 1...8) {
          let place = Int.random(in: 0..<bytes.count)
          switch Int.random(in: 0..<3) {
          case 0: bytes[place] = UInt8.random(in: 0...255)
          case 1: bytes.remove(at: place)
          default: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0...100)))
          }
          if bytes.isEmpty { bytes = [0] }
        }
        #expect(BounceParser.reports(bytes, now: now).count <= 200)
      }
    }
  }
}
