package import JobQueue
package import Postgres

/// A kind of record beyond segments that may use a segment, such as campaigns; other modules contribute
/// theirs. A segment in use cannot be unpublished (SEG-91).
package struct SegmentUse: Sendable {
  /// The plural name of the kind: `campaigns`.
  package let kind: String
  /// Returns the names of the users of a segment, within the asking transaction.
  package let names: @Sendable (Int64, PostgresConnection) async throws -> [String]
  /// Removes references to deleted segments (SEG-90), within the transaction that deletes them.
  package let drop: @Sendable ([Int64], Transaction) async throws -> Void

  package init(
    kind: String, names: @escaping @Sendable (Int64, PostgresConnection) async throws -> [String],
    drop: @escaping @Sendable ([Int64], Transaction) async throws -> Void = { _, _ in }
  ) {
    self.kind = kind
    self.names = names
    self.drop = drop
  }
}
