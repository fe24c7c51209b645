import Foundation
import Primitives
import Testing

@testable import Segments

@Suite("Creating and editing segments (segments.md 2.1, 11)")
struct SegmentEditorTests {
  @Test("A name is enough: everything else has its default, and the alias is made unique (SEG-01)")
  func defaults() async throws {
    try await DefinitionBed.with { (bed) async throws in
      let news = try await bed.make(" <b>News</b> Letter ", by: DefinitionBed.kim)
      #expect(news.name == "News Letter")
      #expect(news.publicName == "News Letter")
      #expect(news.alias == "news-letter")
      #expect(news.isPublished && news.isGlobal && !news.isPreferenceCenter)
      #expect(news.isStatic && !news.filtersEdited)
      #expect(news.dates.createdBy == 2)
      #expect(news.dates.createdByUser == "Kim")
      #expect(news.dates.modified == nil)
      #expect(try await bed.make("News letter!").alias == "news-letter1")
      #expect(try await bed.make("news-letter").alias == "news-letter2")
      #expect(try await bed.store.segment(alias: "news-letter1")?.name == "News letter!")
    }
  }

  @Test("Refused: a blank name, an overlong name, an alias that is taken (segments.md 11)")
  func refusals() async throws {
    try await DefinitionBed.with { (bed) async throws in
      try await bed.make("News")
      let refused1 = await refusal { try await bed.make(" <i></i> ") }
      #expect(refused1.keys.sorted() == ["name"])
      let long = String(repeating: "ä", count: 192)
      let refused2 = await refusal { try await bed.make(long) }
      #expect(refused2.keys.sorted() == ["name"])
      var input = SegmentInput(name: "Other")
      input.alias = "NEWS"
      let taken = input
      let found = await refusal { _ = try await bed.editor.create(taken, by: .system) }
      #expect(found == ["alias": "This alias is already in use."])
      #expect(try await bed.store.list().count == 1)
    }
  }

  @Test("An edit changes the given values; a replacement uses defaults for the others")
  func edits() async throws {
    try await DefinitionBed.with { (bed) async throws in
      var input = SegmentInput(
        name: "News", filters: .array([textFilter("city", "=", .string("Oslo"))]))
      input.alias = "letters"
      input.description = "<p onclick='x()'>weekly</p>"
      input.isPreferenceCenter = true
      let made = try await bed.editor.create(input, by: DefinitionBed.kim)
      #expect(made.description == "<p>weekly</p>")

      let renamed = try #require(
        try await bed.editor.edit(made.id, SegmentInput(name: "Letters"), by: DefinitionBed.lee))
      #expect(renamed.name == "Letters")
      #expect(renamed.publicName == "News")
      #expect(renamed.alias == "letters")
      #expect(renamed.filters == made.filters && !renamed.filtersEdited)
      #expect(renamed.dates.modifiedByUser == "Lee")
      #expect(renamed.dates.added == made.dates.added)

      let replaced = try #require(
        try await bed.editor.edit(
          made.id, SegmentInput(name: "Letters"), replacing: true, by: .system))
      #expect(replaced.publicName == "Letters")
      #expect(replaced.alias == "letters")
      #expect(replaced.description == nil)
      #expect(!replaced.isPreferenceCenter && replaced.isStatic)
      #expect(try await bed.editor.edit(99, SegmentInput(name: "x"), by: .system) == nil)
    }
  }

  @Test("A new segment, new filters and publishing request one rebuild in the same transaction")
  func rebuilds() async throws {
    try await DefinitionBed.with { (bed) async throws in
      let oslo = try await bed.make("Oslo", [textFilter("city", "=", .string("Oslo"))])
      #expect(try await bed.waitingRebuilds(of: oslo.id) == 1)
      let byHand = try await bed.make("By hand")
      #expect(try await bed.waitingRebuilds(of: byHand.id) == 0)
      // SEG-75: one waits already.
      let filters = JSONValue.array([textFilter("city", "=", .string("Bergen"))])
      _ = try await bed.editor.edit(oslo.id, SegmentInput(filters: filters), by: .system)
      #expect(try await bed.waitingRebuilds(of: oslo.id) == 1)
      let job = try #require(try await bed.editor.rebuild(oslo.id, by: DefinitionBed.kim))
      #expect(job.object?.id == oslo.id)
      #expect(try await bed.waitingRebuilds(of: oslo.id) == 1)
      // SEG-93: what is not published is not rebuilt.
      var unpublished = SegmentInput(name: "DeferredReference", filters: filters)
      unpublished.isPublished = false
      let later = try await bed.editor.create(unpublished, by: .system)
      #expect(try await bed.waitingRebuilds(of: later.id) == 0)
      #expect(try await bed.editor.rebuild(later.id, by: .system) == nil)
      var published = SegmentInput()
      published.isPublished = true
      _ = try await bed.editor.edit(later.id, published, by: .system)
      #expect(try await bed.waitingRebuilds(of: later.id) == 1)
    }
  }

  @Test("Each edit of the filters, and no other, creates a new version of them")
  func versions() async throws {
    try await DefinitionBed.with { (bed) async throws in
      func version(_ id: Int64) async throws -> Int? {
        try await bed.pool.query("SELECT filters_version FROM segments WHERE id = \(id)")
          .first?.decode(at: 0)
      }
      let one = JSONValue.array([textFilter("city", "=", .string("Oslo"))])
      let oslo = try await bed.editor.create(SegmentInput(name: "Oslo", filters: one), by: .system)
      _ = try await bed.editor.edit(oslo.id, SegmentInput(name: "Oslo!"), by: .system)
      #expect(try await version(oslo.id) == 1)
      let same = try #require(
        try await bed.editor.edit(oslo.id, SegmentInput(filters: one), by: .system))
      #expect(same.filtersEdited)
      #expect(try await version(oslo.id) == 1)
      _ = try await bed.editor.edit(oslo.id, SegmentInput(filters: .array([])), by: .system)
      #expect(try await version(oslo.id) == 2)
    }
  }

  @Test("Another user's private segment is accessible only to administrators (segments.md 11)")
  func access() async throws {
    try await DefinitionBed.with { (bed) async throws in
      var input = SegmentInput(name: "Mine")
      input.isGlobal = false
      let mine = try await bed.editor.create(input, by: DefinitionBed.kim)
      #expect(DefinitionBed.kim.mayUse(mine) && !DefinitionBed.lee.mayUse(mine))
      await #expect(throws: SegmentError.forbidden) {
        try await bed.editor.edit(mine.id, SegmentInput(name: "x"), by: DefinitionBed.lee)
      }
      await #expect(throws: SegmentError.forbidden) {
        try await bed.editor.delete([mine.id], force: true, by: DefinitionBed.lee)
      }
      #expect(try await bed.store.choices(for: DefinitionBed.lee).isEmpty)
      #expect(try await bed.store.choices(for: DefinitionBed.kim).map(\.id) == [mine.id])
      #expect(
        try await bed.editor.edit(mine.id, SegmentInput(name: "Ours"), by: .system)?.name == "Ours")
    }
  }

  @Test("Changes are recorded by user, with old and new values (CON-12)")
  func audit() async throws {
    try await DefinitionBed.with { (bed) async throws in
      let news = try await bed.make("News", by: DefinitionBed.kim)
      _ = try await bed.editor.edit(news.id, SegmentInput(name: "Letters"), by: DefinitionBed.lee)
      try await bed.editor.delete([news.id], force: true, by: .system)
      let rows = try await bed.pool.query(
        """
        SELECT action, user_name, details->'name'->>1 AS name FROM audit_log
        WHERE object = 'segment' AND object_id = \(news.id) ORDER BY id
        """)
      #expect(try rows.map { try $0.decode("action") } == ["create", "update", "delete"])
      #expect(try rows.map { try $0.decode("user_name") } == ["Kim", "Lee", nil] as [String?])
      #expect(try rows.map { try $0.decode("name") } == ["News", "Letters", nil] as [String?])
    }
  }
}
