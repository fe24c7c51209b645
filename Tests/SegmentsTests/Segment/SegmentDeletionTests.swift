import Foundation
import Primitives
import Testing

@testable import Segments

@Suite("Deleting and unpublishing segments (segments.md 8.1)")
struct SegmentDeletionTests {
  @Test("A referenced segment stays unless forced, except together with its users (SEG-90)")
  func guarded() async throws {
    try await DefinitionBed.with { (bed) async throws in
      let a = try await bed.make("A")
      let b = try await bed.make("B", [membershipFilter("in", a.id)])
      let c = try await bed.make("C", [membershipFilter("!in", b.id)])
      let refused = try await bed.editor.delete([a.id], force: false, by: .system)
      #expect(refused.deleted.isEmpty)
      #expect(refused.refused.map(\.users) == [["B"]])
      #expect(
        refused.refused.first?.error.description
          == "The segment \"A\" cannot be deleted, it is used by the segments \"B\".")
      // B stays because of C, so A stays because of B.
      let both = try await bed.editor.delete([a.id, b.id], force: false, by: .system)
      #expect(both.deleted.isEmpty && both.refused.map(\.users) == [["B"], ["C"]].map { $0 })
      let all = try await bed.editor.delete([b.id, a.id, c.id, 99], force: false, by: .system)
      #expect(all.deleted.map(\.name) == ["B", "A", "C"])
      #expect(try await bed.store.list().isEmpty)
    }
  }

  @Test(
    "Forced, referencing segments keep their members and are flagged (SEG-86, SEG-90, SEG-92)")
  func forced() async throws {
    try await DefinitionBed.with { (bed) async throws in
      let ids = try await bed.contacts("Ann", "Bob")
      let a = try await bed.make("A")
      let b = try await bed.make("B", [membershipFilter("in", a.id)])
      let members = SegmentMembers(jobs: bed.jobs)
      try await members.add(ids, to: a.id)
      try await members.add(ids, to: b.id)
      let result = try await bed.editor.delete([a.id], force: true, by: .system)
      #expect(result.deleted.map(\.id) == [a.id])
      #expect(try await bed.store.counts([a.id, b.id]) == [a.id: 0, b.id: 2])
      let reason = try await bed.store.segment(b.id)?.build.error
      #expect(reason == "A filter refers to the segment \"A\" (\(a.id)), which was deleted.")
      let left: Int? = try await bed.pool.query("SELECT count(*) FROM contacts").first?.decode(
        at: 0)
      #expect(left == 2)
    }
  }

  @Test("Unpublishing is refused, naming the users, while segments or campaigns use it (SEG-91)")
  func unpublishing() async throws {
    let campaigns = SegmentUse(kind: "campaigns") { id, _ in
      id == 1 ? [.init(id: 1, name: "Spring"), .init(id: 2, name: "Fall")] : []
    }
    try await DefinitionBed.with(uses: [campaigns]) { (bed) async throws in
      let a = try await bed.make("A")
      let b = try await bed.make("B", [membershipFilter("in", a.id)])
      var unpublish = SegmentInput(name: "Renamed")
      unpublish.isPublished = false
      let input = unpublish
      await #expect(
        throws: SegmentError.inUse(
          segment: "A",
          by: [
            SegmentUsers(kind: "segments", names: ["B"]),
            SegmentUsers(kind: "campaigns", names: ["Spring", "Fall"]),
          ], isDeletion: false)
      ) {
        try await bed.editor.edit(a.id, input, by: .system)
      }
      #expect(try await bed.store.segment(a.id)?.name == "A")
      #expect(try await bed.editor.edit(b.id, input, by: .system)?.isPublished == false)
    }
  }

  @Test("A segment that references itself in old data can be deleted and unpublished")
  func itself() async throws {
    try await DefinitionBed.with { (bed) async throws in
      let a = try await bed.make("A")
      let filters = try JSONText.of(.array([membershipFilter("in", a.id)]))
      try await bed.pool.query("UPDATE segments SET filters = \(filters)::jsonb WHERE id = \(a.id)")
      var unpublish = SegmentInput()
      unpublish.isPublished = false
      #expect(try await bed.editor.edit(a.id, unpublish, by: .system)?.isPublished == false)
      let result = try await bed.editor.delete([a.id], force: false, by: .system)
      #expect(result.deleted.count == 1)
    }
  }

  /// JSON as text for the database.
  private enum JSONText {
    static func of(_ value: JSONValue) throws -> String {
      String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }
  }
}
