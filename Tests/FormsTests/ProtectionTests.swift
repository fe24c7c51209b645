import Foundation
import Primitives
import TestSupport
import Testing

@testable import Forms

@Suite("Protection of forms (points-stages-forms.md 3.1)") struct ProtectionTests {
  /// Looks for the number as a browser does.
  private func solve(_ challenge: FormChallenges.Challenge) throws -> FormChallenges.Challenge? {
    for number in 0...FormChallenges.most {
      let digest = try #require(Digest(.sha256))
      digest.update(Array("\(challenge.salt)\(number)".utf8))
      guard digest.finish() == challenge.challenge else { continue }
      var solution = challenge
      solution.number = number
      return solution
    }
    return nil
  }

  private func text(_ solution: FormChallenges.Challenge) throws -> String {
    try JSONEncoder().encode(solution).base64EncodedString()
  }

  @Test("A solved challenge is worth one submission of its form, for an hour (FRM-14)")
  func challenges() async throws {
    try await FormsBed.with { bed in
      let form = try await bed.form("email") { $0.hasChallenge = true }
      let other = try await bed.form("email") { $0.hasChallenge = true }
      let challenges = bed.submitter.challenges
      let made = try #require(challenges.make(for: form.id, now: bed.now))
      let solution = try #require(try solve(made))
      let sent = try text(solution)
      var wrong = solution
      wrong.number = (solution.number ?? 0) + 1
      var forged = solution
      forged.signature = String(repeating: "0", count: 64)
      for bad in [nil, "", "%%%", try text(made), try text(wrong), try text(forged)] {
        await #expect(throws: FormRefusal.self) {
          try await bed.submit(form, ["email": "ann@example.com"], solution: bad)
        }
      }
      await #expect(throws: FormRefusal.self) {
        try await bed.submit(other, ["email": "ann@example.com"], solution: sent)
      }
      let later = bed.now.addingTimeInterval(3_700)
      #expect(challenges.token(sent, for: form.id, now: later) == nil)
      let first = try await bed.submit(form, ["email": "ann@example.com"], solution: sent)
      let again = try await bed.submit(form, ["email": "bob@example.com"], solution: sent)
      #expect(again.submission == first.submission && again.isRepeat)
    }
  }

  @Test("What a visitor agreed to is stored with the submission (FRM-15)")
  func consents() async throws {
    try await FormsBed.with { bed in
      let form = try await bed.form("email") { $0.consent = "I <b>agree</b>.<script>x</script>" }
      let refusal = await #expect(throws: FormRefusal.self) {
        try await bed.submit(form, ["email": "nobody"])
      }
      #expect(refusal?.problems.map(\.alias) == ["email", "_consent"])
      let receipt = try await bed.submit(form, ["email": "ann@example.com"], agrees: true)
      let store = SubmissionStore(pool: bed.pool)
      let stored = try await store.submission(receipt.submission, of: form.id)
      #expect(stored?.consent == "I <b>agree</b>.")
    }
  }

  @Test("Nothing follows from a submission before it is confirmed, and then once (FRM-16)")
  func confirms() async throws {
    try await FormsBed.with { bed in
      let form = try await bed.form(
        "email", actions: [FormsBed.action(.changePoints, ["points": .integer(5)])]
      ) { input in
        input.fields?[0].isRequired = true
        input.confirmation = FormConfirmationTexts(
          subject: "Please confirm", message: "Here, {formfield=email}: {confirm_url} Bye.")
      }
      let receipt = try await bed.submit(form, ["email": "ann@example.com"])
      let mails = try await bed.pool.query("SELECT address, subject, body FROM mail_notices")
      let (address, subject, body) = try #require(mails.first)
        .decode(String.self, String.self, String.self)
      #expect(address == "ann@example.com" && subject == "Please confirm")
      let key = bed.confirmations.key(of: receipt.submission)
      #expect(body == "Here, ann@example.com: https://forms.example/form/confirm/\(key) Bye.")
      let outcome = try await bed.confirmations.look(key, now: bed.now)
      #expect(outcome == .waiting(form))
      #expect(try await bed.points(of: receipt.contact) == 0)
      for bad in ["", "1", "\(receipt.submission)-0", "x-\(key)", "9999-\(key.dropFirst(2))"] {
        let unknown = try await bed.confirmations.confirm(
          bad, address: "192.0.2.9", agent: nil, now: bed.now)
        #expect(unknown == .unknown, "\(bad)")
      }
      let old = bed.now.addingTimeInterval(31 * 86_400)
      let expired = try await bed.confirmations.confirm(
        key, address: "192.0.2.9", agent: nil, now: old)
      #expect(expired == .expired(form))
      for _ in 0..<2 {
        let done = try await bed.confirmations.confirm(
          key, address: "192.0.2.9", agent: "Browser", now: bed.now)
        #expect(done == .confirmed(form, receipt.submission))
      }
      try await bed.working {
        let isDone = try await eventually(within: .seconds(20)) {
          try await bed.points(of: receipt.contact) == 5
        }
        #expect(isDone)
      }
      let proofs = try await bed.pool.query(
        """
        SELECT confirmation ->> 'address', confirmation ->> 'text' FROM form_submissions
        WHERE date_confirmed IS NOT NULL
        """)
      let (from, text) = try #require(proofs.first).decode(String.self, String.self)
      #expect(from == "192.0.2.9" && text.hasPrefix("Here"))
      let isWaiting = try await bed.confirmations.resend(
        receipt.submission, of: form.id, now: bed.now)
      #expect(!isWaiting)
    }
  }

  @Test("What is known of a visitor is not asked for again (FRM-04)")
  func profiles() async throws {
    try await FormsBed.with { bed in
      let form = try await bed.form("email", "city", "zipcode", "phone") { input in
        input.fields?[0].isAlwaysShown = true
        input.fields?[1].isRequired = true
        input.fields?[1].showsKnown = false
        input.fields?[2].showsAfter = 1
        input.fields?[2].isRequired = true
        input.shownLimit = 1
      }
      func hidden() async throws -> [String] {
        let profile = try await bed.submitter.profile(
          of: form, FormVisit(address: "192.0.2.7"))
        let ids = profile.hidden(in: form)
        return form.fields.filter { ids.contains($0.id) }.map(\.alias)
      }
      #expect(try await hidden() == ["zipcode", "phone"])
      let ann = try await bed.contact(["email": "ann@example.com", "city": "Rome"])
      bed.visitors.track(ann)
      #expect(try await hidden() == ["city", "zipcode"])
      // The city, which is known, is not required now.
      try await bed.submit(form, ["email": "ann@example.com"])
      #expect(try await hidden() == ["city", "phone"])
    }
  }
}

extension FormsBed {
  fileprivate func points(of contact: Int64) async throws -> Int? {
    try await contacts.contact(contact)?.points
  }
}
