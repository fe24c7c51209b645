import Contacts
import Foundation
import JobQueue
import Postgres
package import Users

extension EmailEditor {
  /// Declares a variant, or the parent itself, the winner (EML-153): its content is copied to the parent, and the
  /// variants are unpublished, so that workers send their remaining sends as the parent (EML-151).
  ///
  /// - Returns: The changed parent; nil if there is no such e-mail.
  /// - Throws: `InvalidInput` for an e-mail that is not part of a test; `PostgresError`.
  package func declareWinner(_ id: Int64, by author: Author) async throws -> Email? {
    let now = jobs.clock.now
    return try await jobs.transaction(at: now) { transaction in
      let rows = try await transaction.query(EmailStatements.lockFamily(of: id))
      var parent: Int64?
      for row in rows where try row.decode(at: 0, as: Int64.self) == id {
        parent = try row.decode(at: 1)
      }
      guard let parent else { return nil }
      let variants = try await transaction.query(
        EmailStatements.unpublishVariants(of: parent, now: now))
      guard !variants.isEmpty else {
        throw InvalidInput("id", "e-mail \(id) has no part in a test of variants")
      }
      try await transaction.query(
        EmailStatements.copyContent(from: id, to: parent, by: author, now: now))
      try await AuditLog.write(
        [.init("winner", "email", parent, details: .object(["winner": .integer(id)]))],
        by: author, in: transaction)
      return try await Self.read(parent, on: transaction.connection)
    }
  }
}
