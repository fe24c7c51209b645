import Postgres

/// What a segment is made of, and who uses it.
package struct SegmentDependencies: Sendable {
  /// A segment that it depends on, directly or through others, one that depends on it, or itself.
  package struct Node: Sendable, Equatable {
    package var id: Int64
    package var name: String
    package var isPublished: Bool
    /// The fewest references between the two: negative for what the segment is made of, positive for what is made of it.
    package var distance: Int
    /// The segments among all nodes that its own filters name.
    package var references: [Int64]
  }

  /// The segments, those that it is made of first.
  package var segments: [Node]
  /// Records of other kinds that use it, by kind.
  package var uses: [(kind: String, records: [SegmentUse.Record])]
}

extension SegmentEditor {
  /// Returns what a segment is made of and who uses it, as far as the actor may see it; nil if it does not exist.
  ///
  /// - Throws: `SegmentError.forbidden`, `PostgresError`.
  package func dependencies(
    of id: Int64, by actor: SegmentActor
  ) async throws -> SegmentDependencies? {
    try await jobs.postgres.withConnection { connection in
      let catalog = try await SegmentStore.catalog(on: connection)
      guard let entry = catalog[id] else { return nil }
      guard actor.mayUse(entry) else { throw SegmentError.forbidden }
      var uses: [(kind: String, records: [SegmentUse.Record])] = []
      for use in self.uses {
        let records = try await use.records(id, connection)
        if !records.isEmpty { uses.append((use.kind, records)) }
      }
      return SegmentDependencies(segments: catalog.neighbours(of: id, for: actor), uses: uses)
    }
  }
}

extension SegmentCatalog {
  /// The segment, and all that references lead to, in both directions.
  fileprivate func neighbours(
    of id: Int64, for actor: SegmentActor
  ) -> [SegmentDependencies.Node] {
    var distances = [id: 0]
    for direction in [-1, 1] {
      var (level, distance) = ([id], direction)
      while !level.isEmpty {
        let next = Set(
          level.flatMap { direction < 0 ? Array(used(by: $0)) : users(of: $0).map(\.id) })
        level = next.filter { distances[$0] == nil && self[$0].map(actor.mayUse) == true }
        for found in level { distances[found] = distance }
        distance += direction
      }
    }
    return distances.compactMap { found, distance in
      self[found].map { entry in
        SegmentDependencies.Node(
          id: found, name: entry.name, isPublished: entry.isPublished, distance: distance,
          references: used(by: found).filter { distances[$0] != nil }.sorted())
      }
    }.sorted { ($0.distance, $0.name, $0.id) < ($1.distance, $1.name, $1.id) }
  }

  private func used(by id: Int64) -> Set<Int64> {
    (self[id]?.references ?? []).subtracting([id])
  }
}
