import Contacts
import Foundation
import JobQueue
import Primitives
import TestSupport
import Testing

@testable import DynamicContents

@Suite("Contents: tokens, links and hostile values") struct ContentValueTests {
  @Test("Values are escaped, and an address never becomes code")
  func tokens() async throws {
    let cases = [
      ("<p>Hi {contactfield=firstname|you}</p>", "<b>", "<p>Hi &lt;b&gt;</p>"),
      ("<p>Hi {contactfield=firstname|you}</p>", "", "<p>Hi you</p>"),
      ("<a href=\"{contactfield=firstname}\">x</a>", "javascript:alert(1)", "<a href=\"\">x</a>"),
      ("<a href=\"{contactfield=firstname}\">x</a>", " JaVaScript:x", "<a href=\"\">x</a>"),
      (
        "<a href=\"{contactfield=firstname}\">x</a>", "https://a.example/?q=<x",
        "<a href=\"https://a.example/?q=&lt;x\">x</a>"
      ),
      // What stores a content drops attributes whose values are not quoted.
      ("<a href={contactfield=firstname}>x</a>", "x onclick=y", "<a>x</a>"),
      ("<p title={contactfield=firstname}>x</p>", "x onclick=y", "<p>x</p>"),
      ("{unsubscribe_url}{nonsense}", "x", "{nonsense}"),
    ]
    try await SlotBed.with { bed in
      let content = try await bed.content("x")
      for (number, (html, name, shown)) in cases.enumerated() {
        let contact = Int64(number + 1)
        try await bed.contact(contact, name: name)
        var input = DynamicContentInput()
        input.content = html
        _ = try await bed.store.update(content.id, input, by: SlotBed.author, now: bed.now)
        let answer = try await bed.slots().content(of: "banner", for: contact)
        #expect(answer == shown, "\(html): \(answer ?? "nothing")")
      }
      var input = DynamicContentInput()
      input.content = "<p {contactfield=firstname} x>x</p>"
      _ = try await bed.store.update(content.id, input, by: SlotBed.author, now: bed.now)
      try await bed.contact(99, name: "onclick=y")
      let attribute = try await bed.slots().content(of: "banner", for: 99)
      #expect(attribute?.contains("onclick") == false)
    }
  }

  @Test("Links carry the content's campaign parameters, which may have tokens")
  func utm() async throws {
    try await SlotBed.with { bed in
      try await bed.contact(1, name: "Kim")
      try await bed.content(
        "<a href='https://a.example/?x=1#top'>a</a> <a href=\"mailto:a@b.example\">m</a>"
      ) {
        $0.utm = ["utmSource": "site", "utmCampaign": "{contactfield=firstname}", "utmMedium": nil]
      }
      #expect(
        try await bed.slots().content(of: "banner", for: 1)
          == "<a href='https://a.example/?x=1&amp;utm_source=site&amp;utm_campaign=Kim#top'>a</a> "
          + "<a href=\"mailto:a@b.example\">m</a>")
    }
  }

  @Test("Scripts of authors are taken out")
  func scripts() async throws {
    try await SlotBed.with { bed in
      let content = try await bed.content("<p onclick=\"x()\">a</p><script>x()</script>")
      #expect(!content.values.content.contains("x()"))
    }
  }

  @Test("Refusals name the member, and change nothing")
  func refusals() async throws {
    try await SlotBed.with { bed in
      let content = try await bed.content("a")
      let variant = try await bed.content("b") { $0.variantParent = .some(content.id) }
      let bad: [(member: String, change: (inout DynamicContentInput) -> Void)] = [
        ("name", { $0.name = "" }), ("slotName", { $0.slot = "" }),
        ("slotName", { $0.slot = String(repeating: "x", count: 192) }),
        (
          "publishDown",
          { input in
            input.publishUp = .some(bed.now)
            input.publishDown = .some(bed.now.addingTimeInterval(-1))
          }
        ),
        ("variantSettings", { $0.variantWeight = .some(101) }),
        ("variantParent", { $0.variantParent = .some(999) }),
        ("variantParent", { $0.variantParent = .some(variant.id) }),
        ("variantParent", { $0.variantParent = .some(content.id) }),
        ("filters", { $0.filters = .string("x") }),
        ("filters[0].field", { $0.filters = Self.filter("nonsense", "=", "x") }),
        ("filters[0].filter", { $0.filters = Self.filter("city", "regexp", "(") }),
      ]
      for (member, change) in bad {
        var input = DynamicContentInput()
        change(&input)
        do {
          _ = try await bed.store.update(
            content.id, input, by: SlotBed.author, now: bed.now)
          Issue.record("\(member) was not refused")
        } catch let error as InvalidInput {
          #expect(error.problems.map(\.member).contains(member), "\(error)")
        }
      }
      let kept = try #require(try await bed.store.find(content.id))
      #expect(kept.values == content.values && kept.variants == [variant.id])
    }
  }

  private static func filter(_ field: String, _ operation: String, _ value: String) -> JSONValue {
    .array([
      .object([
        "glue": .string("and"), "field": .string(field), "object": .string("lead"),
        "type": .string("text"), "operator": .string(operation), "filter": .string(value),
        "display": .null,
      ])
    ])
  }
}
