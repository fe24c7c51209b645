package import Foundation

/// What the verification of the audit log has found.
package struct AuditReport: Sendable, Equatable {
  /// The place in the chain that does not fit.
  package struct Fault: Sendable, Equatable, Encodable {
    /// The block; nil for what is in none.
    package var block: Int64?
    /// The id of the entry; nil where it is the block itself.
    package var entry: Int64?
    /// What is wrong, in words.
    package var text: String
  }

  /// The end of the chain.
  package struct Head: Sendable, Equatable, Encodable {
    /// The number of the last block.
    package var block: Int64
    /// Its hash, in hexadecimal: who keeps it elsewhere can prove later that nothing before it was changed.
    package var hash: String
    /// The time of its sealing; nil where retention has dropped the block.
    package var sealed: Date?
  }

  /// The number of blocks that were checked.
  package var blocks: Int64 = 0
  /// The number of their entries.
  package var entries: Int64 = 0
  /// The last block that retention has dropped; nil if the chain begins with the first.
  package var dropped: Int64?
  /// The end of the chain; nil if nothing was sealed yet.
  package var head: Head?
  /// The number of entries that are not sealed yet.
  package var unsealed: Int64 = 0
  /// The date of the oldest of them.
  package var oldestUnsealed: Date?
  /// Whether the hash that was expected is in the chain; nil where none was.
  package var hasExpected: Bool?
  /// The first thing that does not fit; nil if all does.
  package var fault: Fault?

  /// Whether the log is as it was written, and what was expected is in it.
  package var isRight: Bool { fault == nil && hasExpected != false }
}
