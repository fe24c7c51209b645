import Foundation
import Postgres

/// The result of deleting segments.
package struct SegmentDeletion: Sendable, Equatable {
  /// A segment that was not deleted, as others need it (SEG-90).
  package struct Refusal: Sendable, Equatable {
    package var segment: Segment
    /// The names of the segments whose filters reference it.
    package var users: [String]

    /// The refusal as an error.
    package var error: SegmentError {
      .inUse(
        segment: segment.name, by: [SegmentUsers(kind: "segments", names: users)], isDeletion: true)
    }
  }

  /// The deleted segments as they were, in the order of the request.
  package var deleted: [Segment] = []
  /// The segments that were not deleted.
  package var refused: [Refusal] = []
}

extension SegmentEditor {
  /// Deletes segments with their memberships (SEG-92). Segments that reference one keep their members and
  /// are flagged (SEG-86).
  ///
  /// Unless forced, a segment referenced by another one's filters stays, except where that one is deleted
  /// as well (SEG-90).
  ///
  /// - Returns: The deleted segments; those that do not exist are left out.
  /// - Throws: `SegmentError.forbidden`, `PostgresError`.
  @discardableResult
  package func delete(
    _ ids: [Int64], force: Bool, by actor: SegmentActor
  ) async throws -> SegmentDeletion {
    let now = jobs.clock.now
    return try await jobs.transaction(at: now) { transaction in
      try await Self.takeTurn(on: transaction.connection)
      let found = try await SegmentStore.find("s.id = ANY (\(ids))", on: transaction.connection)
      guard found.allSatisfy(actor.mayUse) else { throw SegmentError.forbidden }
      let catalog = try await SegmentStore.catalog(on: transaction.connection)
      let going = force ? Set(found.map(\.id)) : catalog.deletable(Set(found.map(\.id)))
      var result = SegmentDeletion()
      for segment in ids.compactMap({ id in found.first { $0.id == id } }) {
        if going.contains(segment.id) {
          result.deleted.append(segment)
        } else {
          let users = catalog.users(of: segment.id).filter { !going.contains($0.id) }
          result.refused.append(.init(segment: segment, users: users.map(\.name)))
        }
      }
      try await erase(result.deleted, catalog, on: transaction.connection)
      if !result.deleted.isEmpty {
        for use in uses {
          try await use.drop(result.deleted.map(\.id), transaction)
        }
        // Contacts that were only in these are in no segment any more.
        try await SegmentRebuilds.request(
          catalog.filters.filter { $0.value.refersToAnySegment }.map(\.key), in: transaction)
      }
      for segment in result.deleted {
        try await audit(
          "delete", segment.id, .object(["name": .string(segment.name)]), actor, in: transaction)
      }
      return result
    }
  }

  /// Deletes the rows. No evaluation may run meanwhile: a refresh could add a member to a deleted segment.
  private func erase(
    _ segments: [Segment], _ catalog: SegmentCatalog, on connection: PostgresConnection
  ) async throws {
    guard !segments.isEmpty else { return }
    let ids = segments.map(\.id)
    try await SegmentStore.delete(ids, on: connection)
    for segment in segments {
      let reason =
        "A filter refers to the segment \"\(segment.name)\" (\(segment.id)), which was deleted."
      try await SegmentStore.recordFailure(
        reason, of: catalog.users(of: segment.id).map(\.id), on: connection)
    }
  }
}

extension SegmentCatalog {
  /// Returns the largest subset that no segment outside of it needs (SEG-90).
  func deletable(_ candidates: Set<Int64>) -> Set<Int64> {
    var going = candidates
    while true {
      let kept = going.filter { id in users(of: id).contains { !going.contains($0.id) } }
      if kept.isEmpty { return going }
      going.subtract(kept)
    }
  }
}
