import Contacts
import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing
import Users

@testable import Mail

@Suite("Creating and changing e-mails")
struct EmailEditorTests {
  @Test("Refused input, with all errors at once (email.md 18)")
  func refuses() async throws {
    try await MailBed.with { bed in
      try await bed.segment(1, [])
      let editor = EmailEditor(jobs: bed.jobs)
      let parent = try await editor.create(input(), by: .system).id
      let variant = try await editor.create(
        input {
          $0.variantParent = parent
          $0.variantWeight = 60
        }, by: .system
      ).id
      let bad: [(String, (inout EmailInput) -> Void)] = [
        ("name", { $0.name = " " }), ("subject", { $0.subject = "" }),
        ("emailType", { $0.type = "other" }), ("lists", { $0.type = "list" }),
        (
          "excludedLists",
          {
            $0.type = "list"
            $0.segments = [1]
            $0.excludedSegments = [1]
          }
        ),
        (
          "lists",
          {
            $0.type = "list"
            $0.segments = [99]
          }
        ),
        ("fromAddress", { $0.fromAddress = "nobody" }),
        ("replyToAddress", { $0.replyTo = "a@b@c" }), ("bccAddress", { $0.bcc = "x, y@z.example" }),
        (
          "publishDown",
          {
            $0.publishUp = .some(Date(timeIntervalSince1970: 10))
            $0.publishDown = .some(Date(timeIntervalSince1970: 5))
          }
        ),
        (
          "variantParent",
          {
            $0.variantParent = variant
            $0.variantWeight = 10
          }
        ),
        ("translationParent", { $0.translationParent = variant }),
        ("translationParent", { $0.translationParent = 999 }),
        (
          "variantSettings",
          {
            $0.variantParent = parent
            $0.variantWeight = 41
          }
        ),
        (
          "variantSettings",
          {
            $0.variantParent = parent
            $0.variantWeight = 0
          }
        ),
        ("headers", { $0.headers = ["X-A": "b\r\nBcc: all"] }),
        ("headers", { $0.headers = ["Subject": "x"] }),
        ("headers", { $0.headers = ["Content-Type": "x"] }),
        ("headers", { $0.headers = ["a b": "x"] }),
        ("language", { $0.language = "../x" }),
        ("variantSettings", { $0.winnerCriteria = "page.bouncerate" }),
      ]
      for (member, change) in bad {
        let error = await #expect(throws: InvalidInput.self) {
          try await editor.create(input(change), by: .system)
        }
        #expect(
          error?.problems.contains { $0.member == member } == true,
          "\(member): \(error.debugDescription)")
      }
      #expect(try await bed.texts("SELECT count(*)::text FROM emails") == ["2"])
      // Addresses may contain tokens.
      _ = try await editor.create(
        input { $0.fromAddress = "{contactfield=agent}" }, by: .system)
    }
  }

  @Test("Given values are changed, a replacement resets the rest; each change is a new revision")
  func changes() async throws {
    try await MailBed.with { bed in
      let editor = EmailEditor(jobs: bed.jobs)
      let author = Author(id: 7, name: "Kim")
      let made = try await editor.create(
        input {
          $0.html = "<p>Hi</p>"
          $0.utm = ["utmSource": "x"]
          $0.isPublished = false
        }, by: author)
      #expect(made.revision == 1 && made.values.utm.source == "x" && !made.values.isPublished)
      var change = EmailInput()
      change.subject = "Other"
      let changed = try #require(try await editor.update(made.id, change, by: author))
      #expect(changed.values.html == "<p>Hi</p>" && changed.values.subject == "Other")
      #expect(changed.revision == 2)
      #expect(try await editor.update(made.id, change, by: author)?.revision == 2)
      let replaced = try #require(
        try await editor.update(made.id, input(), replacing: true, by: author))
      #expect(replaced.values.html == nil && replaced.values.isPublished)
      #expect(try await editor.update(99, change, by: author) == nil)
      #expect(
        try await bed.texts("SELECT action FROM audit_log WHERE object = 'email' ORDER BY id")
          == ["create", "update", "update"])
    }
  }

  @Test("A deleted e-mail leaves its sends, contents and links behind (email.md 17)")
  func deletes() async throws {
    try await MailBed.with { bed in
      let hash = try await bed.sentOne(html: "<a href='https://a.example/'>x</a>")
      let editor = EmailEditor(jobs: bed.jobs)
      try await bed.people2(from: 2, to: 2)
      try await bed.dispatch(1, to: [2], key: "waiting")
      #expect(try await editor.delete(1, by: .system)?.id == 1)
      #expect(try await editor.delete(1, by: .system) == nil)
      try await bed.sendAll()
      #expect(try await bed.states() == ["1:sent", "2:skipped"])
      let key = try await bed.texts("SELECT key FROM links")[0]
      #expect(
        try await LinkTargets(environment: bed.environment).find(
          key, reference: nil, parameters: []) != nil)
      #expect(try await WebVersions(environment: bed.environment).page(hash) != nil)
    }
  }

  @Test("A recipient of a version does not receive it again once its parent is deleted (EML-120)")
  func deletesParent() async throws {
    try await MailBed.with { bed in
      try await bed.people(1)
      let parent = try await bed.email()
      let variant = try await bed.email(
        ", variant_parent_id, variant_weight", ", \(parent), 100")
      try await bed.dispatch(parent, to: [1])
      #expect(try await bed.states(variant) == ["1:queued"])
      _ = try await EmailEditor(jobs: bed.jobs).delete(parent, by: .system)
      #expect(try await bed.dispatch(variant, to: [1], key: "again") == [1: .alreadySent])
    }
  }

  @Test(
    "EML-408: users are notified by an e-mail or a text, filled from the contact, in no history")
  func notices() async throws {
    try await MailBed.with { bed in
      try await bed.people(1)
      try await bed.pool.query(
        """
        INSERT INTO users (id, username, email, password_hash, date_added)
        VALUES (1, 'ann', 'ann@example.com', 'x', \(bed.now)), (2, 'bob', 'bob@example.com', 'x', \(bed.now)),
          (3, 'cy', NULL, 'x', \(bed.now))
        """)
      try await bed.pool.query("UPDATE contacts SET owner_id = 2")
      let email = try await bed.email(
        subject: "About {contactfield=firstname}",
        html: "<a href='https://a.example/'>x</a> {unsubscribe_url}")
      let now = bed.now
      func tell(_ notice: UserNotification) async throws {
        try await bed.jobs.transaction(at: now) { transaction in
          try await EmailDispatcher.notify(notice, in: transaction)
        }
      }
      let notice = UserNotification(
        key: "n", content: .email(email), contact: 1, users: [1, 3], toOwner: true,
        addresses: ["{contactfield=email}", "ANN@example.com, desk@example.com", "bad"])
      try await tell(notice)
      try await tell(notice)
      try await tell(
        UserNotification(key: "t", content: .text(subject: "Done", body: "Ready."), users: [1]))
      await #expect(throws: NoticeError.missing) {
        try await tell(UserNotification(key: "x", content: .email(99), users: [1]))
      }
      await #expect(throws: NoticeError.noAddress) {
        try await tell(UserNotification(key: "y", content: .email(email), users: [3]))
      }
      try await bed.pool.query("UPDATE emails SET is_published = false")
      await #expect(throws: NoticeError.unpublished) {
        try await tell(UserNotification(key: "z", content: .email(email), users: [1]))
      }
      try await bed.sendAll()
      #expect(
        bed.recipients == [
          "ann@example.com", "ann@example.com", "bob@example.com", "desk@example.com",
          "user1@example.com",
        ])
      let message = try bed.message(to: "bob@example.com")
      #expect(message["Subject"] == "About Name1")
      // Its links belong to no contact.
      #expect(message.html.contains("href='https://a.example/'"))
      #expect(message.html.contains("https://mail.example.com/email/unsubscribe/test"))
      #expect(try await bed.states().isEmpty)
      #expect(try await bed.texts("SELECT sent_count::text FROM emails") == ["0"])
    }
  }

  @Test("A notice that could not be composed was not handed over, and is retried (EML-220)")
  func noticeAgain() async throws {
    try await MailBed.with { bed in
      try await bed.people(1)
      let email = try await bed.email()
      let now = bed.now
      try await bed.jobs.transaction(at: now) { transaction in
        try await EmailDispatcher.notify(
          UserNotification(key: "n", content: .email(email), addresses: ["desk@example.com"]),
          in: transaction)
      }
      try await bed.pool.query("ALTER TABLE emails RENAME TO away")
      try await bed.working {
        #expect(
          try await eventually(within: .seconds(20)) {
            try await !bed.pool.query("SELECT FROM jobs WHERE last_error IS NOT NULL").isEmpty
          })
        #expect(try await bed.texts("SELECT state::text FROM mail_notices") == ["0"])
        try await bed.pool.query("ALTER TABLE away RENAME TO emails")
        bed.clock.advance(.seconds(3600))
        #expect(
          await eventually(within: .seconds(20)) { bed.recipients == ["desk@example.com"] })
      }
    }
  }
}
