import Foundation
import Primitives
import TestSupport
import Testing

@testable import Forms

@Suite("What is done after a submission (points-stages-forms.md 3.2)") struct ActionTests {
  /// Waits until no job is left.
  private func settle(_ bed: FormsBed) async throws {
    let isDone = try await eventually(within: .seconds(20)) {
      try await bed.pool.query("SELECT FROM jobs WHERE name LIKE 'forms.%' AND state = 0").isEmpty
    }
    #expect(isDone)
  }

  @Test("Actions run in their order; one that fails does not stop the others (FRM-20)")
  func inOrder() async throws {
    try await FormsBed.with { bed in
      let points: [String: JSONValue] = ["operator": .string("plus"), "points": .integer(7)]
      var last = FormsBed.action(
        .changePoints, ["operator": .string("times"), "points": .integer(2)])
      last.order = 9
      let form = try await bed.form(
        "email",
        actions: [
          last, FormsBed.action(.sendEmail, ["email": .integer(99)]),
          FormsBed.action(.changePoints, points),
          FormsBed.action(.changeSegments, ["addToLists": .array([.integer(42)])]),
          FormsBed.action(.changeTags, ["add_tags": .array([.string("new")])]),
        ])
      let receipt = try await bed.submit(form, ["email": "ann@example.com"])
      try await bed.working { try await settle(bed) }
      #expect(try await bed.contacts.contact(receipt.contact)?.points == 14)
      #expect(try await bed.contacts.contact(receipt.contact)?.tags.map(\.tag) == ["new"])
    }
  }

  @Test("A submission is followed once, however often its job is delivered")
  func onlyOnce() async throws {
    try await FormsBed.with { bed in
      let form = try await bed.form(
        "email", actions: [FormsBed.action(.changePoints, ["points": .integer(1)])])
      let receipt = try await bed.submit(form, ["email": "ann@example.com"], token: "t")
      try await bed.submit(form, ["email": "ann@example.com"], token: "t")
      try await bed.working { try await settle(bed) }
      #expect(try await bed.contacts.contact(receipt.contact)?.points == 1)
      #expect(try await bed.count("form_submissions") == 1)
    }
  }

  @Test("The submissions of a deleted form are removed (FRM-13)")
  func removes() async throws {
    try await FormsBed.with { bed in
      let form = try await bed.form("email")
      try await bed.submit(form, ["email": "ann@example.com"])
      _ = try await bed.forms.delete(form.id, by: FormsBed.author, now: bed.now)
      try await bed.working { try await settle(bed) }
      #expect(try await bed.count("form_submissions") == 0)
    }
  }

  @Test("The values stand in the places of their tokens (FRM-21)")
  func fills() async throws {
    try await FormsBed.with { bed in
      let form = try await bed.form("firstname", "city")
      let receipt = try await bed.submit(
        form, ["firstname": "Ann", "city": "{formfield=firstname}"])
      let read = try await bed.pool.withConnection {
        try await SubmissionStore.subject(receipt.submission, on: $0)
      }
      let subject = try #require(read)
      #expect(
        subject.filled(
          "Dear {formfield=firstname}, {formfield=none}{formfield=city} {formfield=")
          == "Dear Ann, {formfield=firstname} {formfield=")
    }
  }
}
