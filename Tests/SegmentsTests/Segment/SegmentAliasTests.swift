import Testing

@testable import Segments

@Suite("Aliases of segments (SEG-01)")
struct SegmentAliasTests {
  @Test("A name in lower case with single hyphens, none at the ends")
  func derived() {
    #expect(SegmentAlias.derived(from: "News Letter") == "news-letter")
    #expect(SegmentAlias.derived(from: "  R&R -- 2024! ") == "r-r-2024")
    #expect(SegmentAlias.derived(from: "snake_case") == "snake-case")
    #expect(SegmentAlias.derived(from: "Österreich é") == "österreich-é")
    #expect(SegmentAlias.derived(from: "e\u{301}te") == "éte")
    #expect(SegmentAlias.derived(from: "!!!") == "segment")
  }

  @Test("An entered alias is normalized to the same form; blank stays blank")
  func cleaned() {
    #expect(SegmentAlias.cleaned("My_List 1") == "my_list-1")
    #expect(SegmentAlias.cleaned(" \t") == "")
  }

  @Test("A number is appended within the maximum length of the database")
  func numbered() {
    #expect(SegmentAlias.numbered("news", 0) == "news")
    #expect(SegmentAlias.numbered("news", 2) == "news2")
    let long = String(repeating: "x", count: 191)
    #expect(SegmentAlias.derived(from: long + "y") == long)
    #expect(SegmentAlias.numbered(long, 10) == String(repeating: "x", count: 189) + "10")
  }
}
