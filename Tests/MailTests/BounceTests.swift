import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing

@testable import Mail

@Suite("Bounces and complaints")
struct BounceTests {
  /// A delivery status notification as mail servers write it.
  private func notification(
    action: String = "failed", status: String = "5.1.1", to: String = "bounces@example.com",
    id: String = "n1", messageID: String = "other@example.com"
  ) -> [UInt8] {
    Array(
      """
      Return-Path: <>\r
      To: \(to)\r
      Message-ID: <\(id)@mx.example.net>\r
      Auto-Submitted: auto-replied\r
      Content-Type: multipart/report; report-type=delivery-status;\r
       boundary="b1"\r
      \r
      --b1\r
      Content-Type: text/plain\r
      \r
      Sorry.\r
      --b1\r
      Content-Type: message/delivery-status\r
      \r
      Reporting-MTA: dns; mx.example.net\r
      \r
      Final-Recipient: rfc822; <User1@example.com>\r
      Action: \(action)\r
      Status: \(status)\r
      Diagnostic-Code: smtp; 550 no such\r
       user\r
      \r
      --b1\r
      Content-Type: message/rfc822\r
      \r
      Message-ID: <\(messageID)>\r
      Subject: Hello\r
      \r
      Hi\r
      --b1--\r

      """.utf8)
  }

  @Test("Delivery status notifications: hard, soft, delayed, none (EML-420, EML-422)")
  func parsing() throws {
    let now = Date(timeIntervalSince1970: 0)
    let hash = UUID()
    func kind(_ action: String, _ status: String) -> BounceReport.Kind? {
      BounceParser.reports(notification(action: action, status: status), now: now).first?.kind
    }
    #expect(kind("failed", "5.1.1") == .hard && kind("failed", "5.2.2") == .soft)
    #expect(kind("failed", "4.4.1") == .soft && kind("delayed", "4.4.1") == .soft)
    #expect(kind("delivered", "2.0.0") == nil && kind("relayed", "2.0.0") == nil)
    let plain = BounceParser.reports(
      notification(messageID: "\(SendHash.text(hash))@mail.example.com"), now: now)
    #expect(plain.count == 1 && plain[0].hash == hash && plain[0].address == "User1@example.com")
    #expect(
      plain[0].reason == "smtp; 550 no such user" && plain[0].key == "mail:<n1@mx.example.net>#1")
    let byAddress = BounceParser.reports(
      notification(to: "\"B\" <bounces+\(SendHash.text(hash))@example.com>"), now: now)
    #expect(byAddress[0].hash == hash)
    for text in [
      "", "Subject: Out of office\r\nAuto-Submitted: auto-replied\r\n\r\nI am away. 550 5.1.1",
      "Content-Type: multipart/report; boundary=\r\n\r\n--\r\n",
    ] { #expect(BounceParser.reports(Array(text.utf8), now: now).isEmpty) }
    let complaint = """
      Content-Type: multipart/report; report-type=feedback-report; boundary=x

      --x
      Content-Type: message/feedback-report

      Feedback-Type: abuse
      Original-Rcpt-To: <kim@example.com>

      --x--
      """
    let report = try #require(BounceParser.reports(Array(complaint.utf8), now: now).first)
    #expect(report.kind == .complaint && report.address == "kim@example.com")
    // A program's finding about a message is not a complaint.
    let automatic = complaint.replacing("abuse", with: "auth-failure")
    #expect(BounceParser.reports(Array(automatic.utf8), now: now).isEmpty)
  }

  @Test(
    "Failures caused by sender or message are not hard; comments, other words, odd lines (EML-422)"
  )
  func oddities() {
    let now = Date(timeIntervalSince1970: 0)
    func report(_ from: String, _ to: String, status: String = "5.1.1") -> BounceReport? {
      let text = String(decoding: notification(status: status), as: UTF8.self)
        .replacingOccurrences(of: from, with: to)
      return BounceParser.reports(Array(text.utf8), now: now).first
    }
    for status in ["5.7.1", "5.6.0", "5.2.2 (mailbox full)"] {
      #expect(report("", "", status: status)?.kind == .soft, "\(status)")
    }
    #expect(report("Action: failed", "ACTION: Failed (no such user)")?.kind == .hard)
    #expect(report("message/delivery-status", "message/global-delivery-status")?.kind == .hard)
    #expect(report("\r\n", "\r\r\n")?.address == "User1@example.com")
    // Forwarded: the address written to counts, not the one it was forwarded to.
    let original = "Original-Recipient: rfc822;kim@example.com\r\nFinal-Recipient:"
    #expect(report("Final-Recipient:", original)?.address == "kim@example.com")
    let unknown = "Original-Recipient: x;unknown\r\nFinal-Recipient:"
    #expect(report("Final-Recipient:", unknown)?.address == "User1@example.com")
  }

  @Test("Bytes that PostgreSQL refuses do not stop the other notifications (EML-420)")
  func hostile() async throws {
    try await MailBed.with { bed in
      try await bed.people(1)
      let recorder = BounceRecorder(environment: bed.environment)
      let accents = String(repeating: "\u{301}", count: 20_000)
      for id in ["a\0b", "x\(accents)", String(repeating: "y", count: 5_000)] {
        try await recorder.record(BounceParser.reports(notification(id: id), now: bed.now))
      }
      let address = String(decoding: notification(id: "z"), as: UTF8.self)
        .replacing("User1@", with: "Us\0er1@")
      try await recorder.record(BounceParser.reports(Array(address.utf8), now: bed.now))
      try await recorder.record([report(.hard, "n\0", address: "", at: bed.now)])
      #expect(try await bed.texts("SELECT count(*)::text FROM email_bounces") == ["3"])
      #expect(try await bed.texts("SELECT contact_id::text FROM do_not_contact") == ["1"])
    }
  }

  @Test(
    "A bounce bars contacts who have the address, not one that has changed it (EML-421)")
  func changedAddress() async throws {
    try await MailBed.with { bed in
      let hash = try await bed.sentOne()
      try await bed.people2(from: 2, to: 2)
      try await bed.pool.query("UPDATE contacts SET email = 'new@example.com' WHERE id = 1")
      try await bed.pool.query("UPDATE contacts SET email = 'user1@example.com' WHERE id = 2")
      let recorder = BounceRecorder(environment: bed.environment)
      #expect(try await recorder.record([report(.hard, "a", hash: hash, at: bed.now)]) == 1)
      #expect(try await bed.texts("SELECT contact_id::text FROM do_not_contact") == ["2"])
      #expect(try await bed.states() == ["1:bounced"])
      // A complaint concerns the contact, whatever its address.
      try await recorder.record([report(.complaint, "b", hash: hash, at: bed.now)])
      #expect(
        try await bed.texts("SELECT contact_id || ' ' || reason FROM do_not_contact ORDER BY 1")
          == ["1 1", "2 1"])
    }
  }

  @Test("A bounced copy of a message says nothing about the contact (EML-421)")
  func copies() async throws {
    try await MailBed.with { bed in
      try await bed.people(1)
      try await bed.dispatch(try await bed.email(", bcc", ", 'desk@example.com'"), to: [1])
      try await bed.sendAll()
      let hash = try #require(bed.transport.accepted.first?.hash)
      let recorder = BounceRecorder(environment: bed.environment)
      let copy = report(.hard, "a", hash: hash, address: "desk@example.com", at: bed.now)
      #expect(try await recorder.record([copy]) == 0)
      #expect(try await bed.states() == ["1:sent"])
      #expect(try await bed.texts("SELECT contact_id::text FROM do_not_contact").isEmpty)
      let own = report(.hard, "b", hash: hash, address: "USER1@example.com", at: bed.now)
      #expect(try await recorder.record([own]) == 1)
      #expect(try await bed.states() == ["1:bounced"])
    }
  }

  @Test("No text makes the parser fail (EML-420)")
  func fuzz() {
    let whole = notification()
    for _ in 0..<2_000 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...8) {
        let place = Int.random(in: 0..<bytes.count)
        switch Int.random(in: 0..<3) {
        case 0: bytes[place] = UInt8.random(in: 0...255)
        case 1: bytes.remove(at: place)
        default: bytes.removeSubrange(place..<min(bytes.count, place + Int.random(in: 0...200)))
        }
        if bytes.isEmpty { bytes = [0] }
      }
      let reports = BounceParser.reports(bytes, now: Date(timeIntervalSince1970: 0))
      #expect(reports.count <= 200)
    }
  }

  private func report(
    _ kind: BounceReport.Kind, _ key: String, hash: UUID? = nil, address: String? = nil, at: Date
  ) -> BounceReport {
    BounceReport(key: key, kind: kind, address: address, hash: hash, reason: "full", at: at)
  }

  @Test(
    "Hard: bars all with the address and fails the send; twice counts once (EML-421, EML-422, EML-424)"
  )
  func hard() async throws {
    try await MailBed.with { bed in
      let hash = try await bed.sentOne()
      try await bed.pool.query(
        """
        INSERT INTO contacts (id, email, identity_shared, date_added)
        VALUES (2, 'USER1@example.com', true, \(bed.now))
        """)
      let bounce = report(.hard, "a", hash: hash, at: bed.now)
      let recorder = BounceRecorder(environment: bed.environment)
      #expect(try await recorder.record([bounce, bounce]) == 1)
      #expect(try await recorder.record([bounce]) == 0)
      #expect(try await bed.states() == ["1:bounced"])
      #expect(
        try await bed.texts("SELECT contact_id || ' ' || reason FROM do_not_contact ORDER BY 1")
          == ["1 2", "2 2"])
      #expect(
        try await bed.texts("SELECT bounced_count || ' ' || failed_count FROM emails") == ["1 1"])
      #expect(bed.told == ["failed 1 full"])
    }
  }

  @Test("The fifth soft bounce within 30 days is a hard one (EML-422)")
  func soft() async throws {
    try await MailBed.with { bed in
      let hash = try await bed.sentOne()
      let recorder = BounceRecorder(environment: bed.environment)
      for number in 0..<4 {
        try await recorder.record([report(.soft, "s\(number)", hash: hash, at: bed.now)])
      }
      #expect(try await bed.states() == ["1:sent"])
      #expect(try await bed.texts("SELECT contact_id::text FROM do_not_contact").isEmpty)
      try await recorder.record([report(.soft, "s4", hash: hash, at: bed.now)])
      #expect(try await bed.states() == ["1:bounced"])
      #expect(try await bed.texts("SELECT reason::text FROM do_not_contact") == ["2"])
    }
  }

  @Test("Bounces of one send at the same moment fail it once (EML-422, EML-424)")
  func atOnce() async throws {
    try await MailBed.with { bed in
      let hash = try await bed.sentOne()
      let recorder = BounceRecorder(environment: bed.environment)
      let reports = (0..<8).map { report(.hard, "h\($0)", hash: hash, at: bed.now) }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for report in reports { group.addTask { try await recorder.record([report]) } }
        try await group.waitForAll()
      }
      #expect(try await bed.texts("SELECT bounce_count::text FROM email_sends") == ["8"])
      #expect(try await bed.texts("SELECT failed_count::text FROM emails") == ["1"])
    }
  }

  @Test(
    "Complaints unsubscribe permanently (EML-411, EML-423); unknown ones are ignored (EML-425)"
  )
  func complaints() async throws {
    try await MailBed.with { bed in
      let hash = try await bed.sentOne()
      let recorder = BounceRecorder(environment: bed.environment)
      #expect(
        try await recorder.record([
          report(.hard, "x", address: "nobody@example.com", at: bed.now),
          report(.hard, "y", hash: UUID(), at: bed.now),
        ]) == 0)
      #expect(try await recorder.record([report(.complaint, "c", hash: hash, at: bed.now)]) == 1)
      #expect(try await bed.texts("SELECT reason::text FROM do_not_contact") == ["1"])
      #expect(bed.told == ["unsubscribed 1"])
      // Without a send the address identifies the contacts; unsubscribed stays.
      #expect(
        try await recorder.record([
          report(.hard, "z", address: "USER1@example.com", at: bed.now)
        ]) == 1)
      #expect(try await bed.texts("SELECT reason::text FROM do_not_contact") == ["1"])
    }
  }

  /// Passes a bed that has sent one message, a folder with an empty maildir, and the message's id.
  private func withMailbox(
    _ body: (_ bed: MailBed, _ folder: String, _ id: String) async throws -> Void
  ) async throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "martlet-bounces-\(UInt64.random(in: .min ... .max))").path
    // A leftover temporary folder is harmless.
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(
      atPath: folder + "/new", withIntermediateDirectories: true)
    try await MailBed.with { bed in
      let hash = try await bed.sentOne()
      try await body(bed, folder, "\(SendHash.text(hash))@mail.example.com")
    }
  }

  @Test("A maildir and a mailbox file are read, each message once (EML-420, EML-424)")
  func mailboxes() async throws {
    try await withMailbox { bed, folder, id in
      try Data(notification(status: "4.2.0", messageID: id)).write(
        to: URL(filePath: "\(folder)/new/1"))
      try Data("nothing".utf8).write(to: URL(filePath: "\(folder)/new/2"))
      // Unreadable files do not block the others, however large they are.
      for number in 0...BounceMailbox.size {
        try FileManager.default.createDirectory(
          atPath: "\(folder)/new/0-\(number)", withIntermediateDirectories: false)
      }
      let mailbox = BounceMailbox(environment: bed.environment)
      #expect(try await !mailbox.read("maildir:\(folder)", now: bed.now))
      #expect(try await !mailbox.read("maildir:\(folder)", now: bed.now))
      #expect(
        try FileManager.default.contentsOfDirectory(atPath: folder + "/new").allSatisfy {
          $0.hasPrefix("0-")
        })
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/cur").count == 2)
      var file = Array("From MAILER-DAEMON Fri Mar 1\n".utf8)
      file += notification(status: "4.2.0", id: "n1", messageID: id)
      file += Array("\nFrom MAILER-DAEMON Fri Mar 1\n".utf8)
      file += notification(status: "4.2.0", id: "n2", messageID: id)
      try Data(file).write(to: URL(filePath: folder + "/box"))
      for _ in 0..<2 { _ = try await mailbox.read("mbox:\(folder)/box", now: bed.now) }
      // The first one is already known from the maildir.
      #expect(try await bed.texts("SELECT bounce_count::text FROM email_sends") == ["2"])
      #expect(try await !mailbox.read("mbox:\(folder)/none", now: bed.now))
    }
  }

  @Test("EML-427: a returned message that cannot be recorded stops no other, and is tried again")
  func aside() async throws {
    try await withMailbox { bed, folder, id in
      try await bed.pool.refuse(on: "email_bounces", where: "NEW.is_hard")
      let bad = notification(status: "5.1.1", id: "bad", messageID: id)
      for number in 1...3 {
        let good = notification(status: "4.2.0", id: "n\(number)", messageID: id)
        try Data(number == 2 ? bad : good).write(to: URL(filePath: "\(folder)/new/\(number)"))
      }
      let mailbox = BounceMailbox(environment: bed.environment)
      #expect(try await !mailbox.read("maildir:\(folder)", now: bed.now))
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/cur").count == 3)
      // One that is a file goes on, too.
      let mark = Array("From MAILER-DAEMON Fri Mar 1\n".utf8)
      let last = notification(status: "4.2.0", id: "n4", messageID: id)
      try Data(mark + bad + Array("\n".utf8) + mark + last).write(
        to: URL(filePath: folder + "/box"))
      #expect(try await !mailbox.read("mbox:\(folder)/box", now: bed.now))
      #expect(try await bed.texts("SELECT bounce_count::text FROM email_sends") == ["3"])
      let aside: SQL = "SELECT attempts || ' ' || error FROM email_bounces_aside ORDER BY id"
      #expect(try await bed.texts(aside).count == 2)
      #expect(try await bed.texts(aside).allSatisfy { $0.hasPrefix("1 ") && $0.contains("not") })
      // Not before its time, and not for ever.
      try await mailbox.retry(now: bed.now) {}
      #expect(try await bed.texts(aside).allSatisfy { $0.hasPrefix("1 ") })
      for hour in 1...6 {
        try await mailbox.retry(now: bed.now.addingTimeInterval(Double(hour) * 3_601)) {}
      }
      #expect(try await bed.texts(aside).allSatisfy { $0.hasPrefix("5 ") })
      // Once the cause is gone it is recorded, and only once.
      try await bed.pool.query("DROP TRIGGER refuse ON email_bounces")
      try await bed.pool.query(
        "UPDATE email_bounces_aside SET attempts = 1, retry_at = \(bed.now)")
      try await mailbox.retry(now: bed.now) {}
      #expect(try await bed.texts(aside).isEmpty)
      #expect(try await bed.texts("SELECT bounce_count::text FROM email_sends") == ["4"])
    }
  }
}
