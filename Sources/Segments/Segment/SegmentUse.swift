package import JobQueue
package import Postgres

/// A kind of record beyond segments that may use a segment, such as campaigns; other modules contribute
/// theirs. A segment in use cannot be unpublished (SEG-91), where the kind needs its members to be kept up to date.
package struct SegmentUse: Sendable {
  /// A record that uses a segment.
  package struct Record: Sendable, Equatable {
    package let id: Int64
    package let name: String

    package init(id: Int64, name: String) {
      self.id = id
      self.name = name
    }
  }

  /// The plural name of the kind: `campaigns`.
  package let kind: String
  /// Whether a segment that is used cannot be unpublished.
  package let isGuarding: Bool
  /// Returns the users of a segment, within the asking transaction.
  package let records: @Sendable (Int64, PostgresConnection) async throws -> [Record]
  /// Removes references to deleted segments (SEG-90), within the transaction that deletes them.
  package let drop: @Sendable ([Int64], Transaction) async throws -> Void

  package init(
    kind: String, isGuarding: Bool = true,
    records: @escaping @Sendable (Int64, PostgresConnection) async throws -> [Record],
    drop: @escaping @Sendable ([Int64], Transaction) async throws -> Void = { _, _ in }
  ) {
    self.kind = kind
    self.isGuarding = isGuarding
    self.records = records
    self.drop = drop
  }
}
