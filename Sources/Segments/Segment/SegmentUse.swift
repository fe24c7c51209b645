package import JobQueue
package import Postgres

/// Something beyond segments that may use a segment, such as campaigns: modules above contribute theirs.
/// While any names what it uses the segment for, that cannot be unpublished (SEG-91).
package struct SegmentUse: Sendable {
  /// What uses it, in the plural: `campaigns`.
  package let kind: String
  /// The names of those that use a segment, within the transaction that wants to know.
  package let names: @Sendable (Int64, PostgresConnection) async throws -> [String]
  /// Lets go of segments that are deleted (SEG-90), within the transaction that deletes them.
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
