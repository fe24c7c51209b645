import Foundation
import TestSupport
import Testing

@testable import Pages

@Suite("Which page a visitor is shown (tracking.md 13)") struct PageChoiceTests {
  private static func page(_ id: Int64, _ language: String = "en") -> PageOutline {
    var page = PageOutline(id: id, alias: "p\(id)")
    page.language = language
    return page
  }

  private static func variant(_ id: Int64, of parent: Int64, _ weight: Int) -> PageOutline {
    var page = page(id)
    (page.variantParent, page.weight) = (parent, weight)
    return page
  }

  private func decide(
    _ family: [PageOutline], _ path: [String] = ["p1"], languages: String? = "",
    shown: [Int64: Int64] = [:], seed: UInt64 = 1
  ) throws -> PageChoice.Outcome {
    var random = SeededGenerator(seed: seed)
    let address = try #require(PageAddress(path))
    return PageChoice(family: family, address: address, now: Date(timeIntervalSince1970: 1_000))
      .decide(languages: languages, shown: shown, using: &random)
  }

  @Test("Variants share the visitors out by their weights; the tested page has the rest")
  func weights() throws {
    let page = Self.page(1)
    let variants = [Self.variant(2, of: 1, 25), Self.variant(3, of: 1, 10)]
    var random = SeededGenerator(seed: 42)
    var counts: [Int64: Int] = [:]
    for _ in 0..<10_000 {
      counts[PageChoice.pick(page, variants, using: &random).id, default: 0] += 1
    }
    for (id, share) in [(Int64(1), 0.65), (2, 0.25), (3, 0.1)] {
      let got = Double(counts[id] ?? 0) / 10_000
      #expect(abs(got - share) < 0.02, "page \(id): \(got)")
    }
  }

  @Test("Whoever was shown a version is shown it again, as long as it is there")
  func sticky() throws {
    var closed = Self.variant(3, of: 1, 90)
    closed.isPublished = false
    let family = [Self.page(1), Self.variant(2, of: 1, 5), closed]
    #expect(try decide(family, shown: [1: 2]) == .page(family[1], tested: 1))
    #expect(try decide(family, shown: [1: 1]) == .page(family[0], tested: 1))
    // The share of one that is not shown goes to the tested page.
    #expect(try decide(family, shown: [1: 3]) == .page(family[0], tested: 1))
    #expect(try decide(family, ["p2"]) == .page(family[1], tested: nil))
  }

  @Test(
    "The first language that there is, exactly or of the same base; without one the page asked for",
    arguments: [
      ("de", 2), ("de-AT", 2), ("de_at", 2), ("fr-CA", 3), ("fr", 3), ("es,de;q=0.5", 2),
      ("de;q=0.5,fr;q=0.9", 3), ("en-GB,de", 1), ("es", 1), ("", 1), ("*,de", 1), ("de;q=0", 1),
      (";;,q=1,;q=", 1), ("DE", 2), ("de;q=nonsense", 1), ("de;q=9,fr", 2),
    ] as [(String, Int64)])
  func languages(_ header: String, _ wanted: Int64) throws {
    let family = [Self.page(1), Self.page(2, "de"), Self.page(3, "fr_FR")]
    let outcome = try decide(family, languages: header)
    #expect(
      outcome
        == (wanted == 1
          ? .page(family[0], tested: nil) : .translation(family[Int(wanted) - 1])))
  }

  @Test("A language or a category before the alias must be that of the page")
  func qualifiers() throws {
    var german = Self.page(2, "de")
    german.category = "shop"
    let family = [Self.page(1), german]
    #expect(try decide(family, ["de", "p2"], languages: "en") == .page(german, tested: nil))
    #expect(try decide(family, ["shop", "p2"], languages: nil) == .page(german, tested: nil))
    #expect(try decide(family, ["de", "shop", "p2"]) == .page(german, tested: nil))
    #expect(try decide(family, ["de", "p1"]) == .translation(german))
    #expect(try decide(family, ["fr", "p1"]) == .nothing)
    #expect(try decide(family, ["2:anything"]) == .page(german, tested: nil))
  }

  @Test("A page that is not published is not there, or sends its visitors on")
  func unpublished() throws {
    var page = Self.page(1)
    page.publishDown = Date(timeIntervalSince1970: 999)
    #expect(try decide([page]) == .nothing)
    (page.redirect, page.redirectURL) = (.permanent, "https://example.com/")
    #expect(try decide([page]) == .moved(to: "https://example.com/", .permanent))
    page.publishDown = Date(timeIntervalSince1970: 1_001)
    #expect(try decide([page]) == .page(page, tested: nil))
    page.publishUp = Date(timeIntervalSince1970: 1_001)
    #expect(try decide([page]) == .moved(to: "https://example.com/", .permanent))
    #expect(try decide([]) == .nothing)
  }

  @Test(
    "What cannot be the address of a page is none",
    arguments: [
      [], [""], ["favicon.ico"], ["a b"], ["ä"], ["-1:x"], ["x:y"], ["a", "b", "c", "d"],
      ["..", "x"],
      ["99999999999999999999:x"], [String(repeating: "a", count: 201)],
    ])
  func addresses(_ parts: [String]) {
    #expect(PageAddress(parts) == nil)
  }

  @Test("The family of an address is read whole, of a variant it alone")
  func families() async throws {
    try await PagesBed.with { bed in
      let page = try await bed.page("Page")
      let german = try await bed.page("Seite") {
        ($0.translationParent, $0.language) = (page.id, "de")
      }
      let variant = try await bed.page("B") {
        ($0.variantParent, $0.variantWeight) = (german.id, 100)
      }
      guard case .translation(let found) = try await bed.find("page1", languages: "de") else {
        Issue.record("no translation")
        return
      }
      #expect(found.id == german.id && found.alias == "seite")
      guard case .page(let shown, tested: german.id) = try await bed.find("seite", languages: "de")
      else {
        Issue.record("no variant")
        return
      }
      #expect(shown.id == variant.id && shown.counted == [variant.id, german.id])
      guard case .page(let own, tested: nil) = try await bed.find("\(variant.id):x") else {
        Issue.record("not the variant itself")
        return
      }
      #expect(own.id == variant.id)
      #expect(try await bed.find("nowhere") == .nothing)
    }
  }
}
