/// One step of a schema, applied once and never changed afterwards.
public struct Migration: Sendable, Hashable {
  /// The name: the module, a point, a number and a word, such as `jobqueue.001-jobs`. What stands
  /// before the first point is the module whose migrations are applied in order.
  public let name: String
  /// The statements, separated by semicolons.
  public let sql: String
  /// Whether all statements are one transaction together with the note that they were applied.
  /// False for what cannot run inside one (`CREATE INDEX CONCURRENTLY`): such statements must be
  /// safe to run again after a partial failure.
  public let transactional: Bool

  /// Describes a step.
  public init(_ name: String, _ sql: String, transactional: Bool = true) {
    self.name = name
    self.sql = sql
    self.transactional = transactional
  }

  /// The module the migration belongs to.
  public var module: Substring { name.prefix { $0 != "." } }
}
