import Contacts
import Fields
import Foundation
import Postgres
import Primitives
import Query
import Segments
import Testing

@Suite("Selections of contacts")
struct ContactSelectionTests {
  @Test("The parts are joined by AND (api.md 11.3)")
  func parts() async throws {
    try await SearchBed.with { (bed) async throws in
      func find(_ selection: ContactSelection) async throws -> [Int64] {
        try await bed.ids(
          selection.condition(
            fields: bed.fields, user: 1, commands: [:],
            segments: { SegmentMembership.members(of: $0) }))
      }
      let inBerlin: JSONValue = .array([
        .object(["col": .string("city"), "expr": .string("eq"), "val": .string("Berlin")])
      ])
      let examples: [(ContactSelection, [Int64])] = [
        (ContactSelection(), [1, 2, 3, 4, 5, 6, 7]),
        (ContactSelection(ids: [2, 3, 99]), [2, 3]),
        (ContactSelection(ids: []), []),
        (ContactSelection(segment: 1), [1, 2]),
        (ContactSelection(segment: 99), []),
        (ContactSelection(publishedOnly: true), [1, 2, 4, 5, 6, 7]),
        (ContactSelection(search: "ann", where: inBerlin), [1]),
        (ContactSelection(search: "is:mine", ids: [1, 2], segment: 1), [1]),
        // CON-113, EXP-06: visitors are left out unless requested.
        (ContactSelection(ids: [3, 4], leavesVisitorsOut: true), [3]),
        (ContactSelection(search: "is:anonymous", leavesVisitorsOut: true), [4]),
        (
          ContactSelection(search: "!is:anonymous or ids:4", leavesVisitorsOut: true),
          [1, 2, 3, 5, 6, 7]
        ),
      ]
      for (selection, expected) in examples {
        let found = try await find(selection)
        #expect(found == expected, "\(selection)")
        let kept = try JSONDecoder().decode(
          ContactSelection.self, from: JSONEncoder().encode(selection))
        #expect(kept == selection)
      }
    }
  }

  @Test("Invalid selections are refused")
  func refusals() throws {
    let fields = FieldSet(version: 1, fields: [])
    for selection in [
      ContactSelection(search: "a\0"), ContactSelection(where: .string("x")),
      ContactSelection(where: .array([.object(["col": .string("id")])])),
    ] {
      #expect(throws: QueryError.self) {
        try selection.condition(
          fields: fields, user: 1, commands: [:], segments: { SegmentMembership.members(of: $0) })
      }
    }
  }
}
