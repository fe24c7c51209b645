import Contacts
import Foundation
import JobQueue
import TestSupport
import Testing

@testable import Pages

@Suite("Landing pages as records (api.md 9)") struct PageStoreTests {
  @Test("A page comes back as it was written, byte for byte; a change counts as a revision")
  func content() async throws {
    try await PagesBed.with { bed in
      let html = "<!DOCTYPE html>\r\n<script>if (a < b && c) {}\n</script>\t&amp; ä\u{2028}\r"
      let page = try await bed.page("  Offers <b>2027</b> ") { $0.html = html }
      #expect(page.values.title == "Offers 2027" && page.values.alias == "offers-2027")
      #expect(page.values.language == "en" && page.revision == 1 && page.values.html == html)
      let same = try await bed.change(page.id) { $0.title = "Offers 2027" }
      #expect(same == page)
      let changed = try #require(try await bed.change(page.id) { $0.metaDescription = "All" })
      #expect(changed.revision == 2 && changed.values.html == html)
      #expect(changed.dates.modifiedByUser == "Ada Admin")
      // What a PUT does not name gets its default; links still lead to the page.
      let replaced = try #require(
        try await bed.change(page.id, replacing: true) { $0.title = "Other" })
      #expect(replaced.values.alias == "offers-2027" && replaced.values.html == nil)
      #expect(
        try await bed.texts(
          "SELECT action FROM audit_log WHERE bundle = 'page' ORDER BY id")
          == ["create", "update", "update"])
    }
  }

  @Test("Aliases are unique, and none hides another address of this installation")
  func aliases() async throws {
    try await PagesBed.with { bed in
      var aliases: [String] = []
      for title in ["News", "News", "news!", "API", "…", "Größe"] {
        aliases.append(try await bed.page(title).values.alias)
      }
      #expect(aliases == ["news", "news1", "news2", "api1", "page1", "gr-e"])
      let taken = try await bed.page("x") { $0.alias = "News" }
      #expect(taken.values.alias == "news3")
      let kept = try await bed.change(taken.id) { $0.alias = "news3" }
      #expect(kept?.values.alias == "news3" && kept?.revision == 1)
      // Its own name is not taken by another.
      let moved = try await bed.change(taken.id) { $0.alias = "news" }
      #expect(moved?.values.alias == "news3" && moved?.revision == 1)
    }
  }

  @Test("Pages of one name that are created at the same moment get addresses of their own")
  func simultaneousAliases() async throws {
    try await PagesBed.with { bed in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<4 { group.addTask { _ = try await bed.page("Same") } }
        try await group.waitForAll()
      }
      #expect(
        Set(try await bed.texts("SELECT alias FROM pages")) == ["same", "same1", "same2", "same3"])
    }
  }

  @Test("A refusal names its member, and changes nothing")
  func refusals() async throws {
    try await PagesBed.with { bed in
      let cases: [(String, @Sendable (inout PageInput) -> Void)] = [
        ("title", { $0.title = "" }), ("title", { $0.title = String(repeating: "x", count: 192) }),
        ("language", { $0.language = "d\u{12}e" }), ("redirectType", { $0.redirect = "303" }),
        ("redirectUrl", { $0.redirect = "301" }),
        ("redirectUrl", { $0.redirectURL = "javascript:alert(1)" }),
        ("redirectUrl", { $0.redirectURL = "//evil.example" }),
        ("redirectUrl", { $0.redirectURL = "https://a.example\\@b.example" }),
        ("variantSettings", { $0.variantWeight = 101 }),
        ("variantSettings", { $0.variantWeight = 0 }),
        ("variantParent", { ($0.variantParent, $0.variantWeight) = (99, 10) }),
        ("translationParent", { $0.translationParent = 99 }),
        ("variantParent", { ($0.variantParent, $0.translationParent) = (1, 1) }),
        ("variantSettings", { $0.variantParent = 1 }), ("customHtml", { $0.html = "a\0b" }),
        ("customHtml", { $0.html = String(repeating: "{pagetitle}", count: 1_001) }),
        ("customHtml", { $0.html = String(repeating: "x", count: (4 << 20) + 1) }),
        (
          "publishDown",
          { input in
            input.publishUp = Date(timeIntervalSince1970: 2_000)
            input.publishDown = Date(timeIntervalSince1970: 1_000)
          }
        ),
      ]
      for (place, (member, fill)) in cases.enumerated() {
        let named = try await bed.refusal { _ = try await bed.page("Title", fill) }
        #expect(named == member, "case \(place)")
      }
      await #expect(throws: UnknownCategory(9)) {
        _ = try await bed.page("x") { $0.category = 9 }
      }
      #expect(try await bed.texts("SELECT title FROM pages") == [])
    }
  }

  @Test("Variants and translations: no loops, no more than 100 percent, free when the parent goes")
  func families() async throws {
    try await PagesBed.with { bed in
      let page = try await bed.page("Page")
      let german = try await bed.page("Seite") { $0.translationParent = page.id }
      let variant = try await bed.page("B") {
        ($0.variantParent, $0.variantWeight) = (page.id, 60)
      }
      // A translation may be tested as well.
      let other = try await bed.page("Seite B") {
        ($0.variantParent, $0.variantWeight) = (german.id, 60)
      }
      func refuse(
        _ member: String, _ id: Int64, _ fill: (inout PageInput) -> Void
      ) async throws {
        let named = try await bed.refusal { try await bed.change(id, fill) }
        #expect(named == member)
      }
      try await refuse("translationParent", page.id) { $0.translationParent = page.id }
      try await refuse("translationParent", page.id) { $0.translationParent = german.id }
      try await refuse("variantParent", page.id) {
        ($0.variantParent, $0.variantWeight) = (other.id, 5)
      }
      try await refuse("variantParent", german.id) {
        ($0.variantParent, $0.variantWeight) = (page.id, 5)
        $0.translationParent = .some(nil)
      }
      let third = try await bed.page("C") {
        ($0.variantParent, $0.variantWeight) = (page.id, 40)
      }
      try await refuse("variantSettings", third.id) { $0.variantWeight = 41 }
      let shown = try #require(try await bed.store.find(page.id))
      #expect(shown.family.variants.map(\.id) == [variant.id, third.id])
      #expect(shown.family.translations.map(\.title) == ["Seite"])
      #expect(try await bed.store.find(variant.id)?.family.variantParent?.alias == "page1")
      let list = try await bed.store.page(start: 0, limit: 10)
      #expect(list.records.map(\.id) == [page.id] && list.total == 1)
      _ = try await bed.store.delete(page.id, by: PagesBed.author, now: bed.now)
      let free = try await bed.store.page(start: 0, limit: 10).records
      #expect(free.map(\.id) == [german.id, variant.id, third.id])
      #expect(free.allSatisfy { $0.family.variantParent == nil && $0.values.variantWeight == nil })
    }
  }

  @Test("A test of variants begins with the first and ends with the last; visits count from there")
  func tests() async throws {
    try await PagesBed.with { bed in
      let page = try await bed.page("Page")
      try await bed.visit(page.id, ["a", "b", "a", nil])
      let before = try #require(try await bed.store.find(page.id))
      #expect(before.counts == PageCounts(hits: 4, devices: 2, variantHits: 0))
      #expect(before.variantStart == nil)
      let variant = try await bed.page("B") {
        ($0.variantParent, $0.variantWeight) = (page.id, 50)
      }
      #expect(variant.variantStart != nil)
      try await bed.visit(page.id, ["c"])
      try await bed.visit(variant.id, ["c"])
      try await bed.visit(99, ["c"])
      let during = try #require(try await bed.store.find(page.id))
      #expect(during.variantStart == variant.variantStart)
      #expect(during.counts == PageCounts(hits: 5, devices: 3, variantHits: 1))
      try await bed.change(variant.id) {
        $0.variantParent = .some(nil)
        $0.variantWeight = .some(nil)
      }
      #expect(try await bed.store.find(page.id)?.variantStart == nil)
      try await bed.change(variant.id) { ($0.variantParent, $0.variantWeight) = (page.id, 50) }
      #expect(try await bed.store.find(page.id)?.counts.variantHits == 0)
    }
  }

  @Test("Pages of a deleted category are left without one")
  func categories() async throws {
    try await PagesBed.with { bed in
      try await bed.pool.query(
        """
        INSERT INTO categories (id, title, alias, bundle, is_published, date_added)
        VALUES (7, 'Shop', 'shop', 'page', true, \(bed.now))
        """)
      let page = try await bed.page("Page") { $0.category = 7 }
      #expect(page.category?.alias == "shop")
      try await bed.pool.query("DELETE FROM categories")
      #expect(try await bed.store.find(page.id)?.category == nil)
    }
  }
}
