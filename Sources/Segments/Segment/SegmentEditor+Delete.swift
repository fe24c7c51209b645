import Foundation
import Postgres

/// What became of segments that were to be deleted.
package struct SegmentDeletion: Sendable, Equatable {
  /// A segment that stays, as others need it (SEG-90).
  package struct Refusal: Sendable, Equatable {
    package var segment: Segment
    /// The names of the segments whose filters name it.
    package var users: [String]

    /// The same as an error, in words.
    package var error: SegmentError {
      .inUse(
        segment: segment.name, by: [SegmentUsers(kind: "segments", names: users)], isDeletion: true)
    }
  }

  /// Those that are gone, as they were, in the order asked for.
  package var deleted: [Segment] = []
  /// Those that stay.
  package var refused: [Refusal] = []
}

extension SegmentEditor {
  /// Deletes segments with their memberships (SEG-92). Segments that refer to one keep their members and
  /// are flagged (SEG-86).
  ///
  /// Unless forced, one that another segment's filters name stays, except where those are deleted
  /// with it (SEG-90).
  ///
  /// - Returns: Which were deleted; those that do not exist are left out.
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
        // Whoever was a member of these alone is a member of no segment now.
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

  /// Nobody may evaluate contacts meanwhile: a refresh could add a member to what is gone.
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
  /// The largest part of a set of segments that nothing outside of the part needs (SEG-90).
  func deletable(_ candidates: Set<Int64>) -> Set<Int64> {
    var going = candidates
    while true {
      let kept = going.filter { id in users(of: id).contains { !going.contains($0.id) } }
      if kept.isEmpty { return going }
      going.subtract(kept)
    }
  }
}
