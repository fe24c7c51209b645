package import Contacts
package import Postgres

/// Adds contacts to segments and removes them, by hand: filters no longer apply to them there (contacts.md
/// 9).
package struct SegmentsBulkAction: BulkAction {
  package let name = "segments"

  package init() {}

  package func prepare(
    _ request: BulkRequest, on connection: PostgresConnection
  ) async throws -> any BulkEffect {
    let ids = try await request.records(in: "segments", "segment", on: connection)
    return Effect(add: ids.add, remove: ids.remove)
  }

  private struct Effect: BulkEffect {
    var add: [Int64]
    var remove: [Int64]

    func apply(to contacts: [Int64], _ scene: BulkContext) async throws -> Set<Int64> {
      var changed: Set<Int64> = []
      for segment in add {
        changed.formUnion(
          try await SegmentMembership.add(
            contacts, to: segment, cause: .batch, in: scene.transaction))
      }
      for segment in remove {
        changed.formUnion(
          try await SegmentMembership.remove(
            contacts, from: segment, cause: .batch, in: scene.transaction))
      }
      return changed
    }
  }
}
