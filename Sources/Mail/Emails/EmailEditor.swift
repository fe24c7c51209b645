import Contacts
import Foundation
package import JobQueue
import Postgres
import Primitives
package import Users

/// Creates, changes and deletes e-mails.
package struct EmailEditor: Sendable {
  let jobs: JobClient

  package init(jobs: JobClient) { self.jobs = jobs }

  /// Creates an e-mail.
  ///
  /// - Throws: `InvalidInput`, `UnknownCategory`; `PostgresError`.
  package func create(_ input: EmailInput, by author: Author) async throws -> Email {
    let now = jobs.clock.now
    let values = try input.applied(to: nil, replacing: true)
    return try await jobs.transaction(at: now) { transaction in
      var check = EmailCheck(values, id: nil)
      try await check.check(on: transaction.connection)
      let id: Int64 = try await transaction.query(
        EmailStatements.insert(values, by: author, now: now))[0].decode(at: 0)
      try await Self.write(values, id, in: transaction)
      try await Self.restartShares([values.variantParent], on: transaction.connection)
      try await AuditLog.write([.init("create", "email", id)], by: author, in: transaction)
      return try await Self.read(id, on: transaction.connection)
    }
  }

  /// Changes the given values of an e-mail, or all values with `replacing`.
  ///
  /// Sends that were paused resume when the e-mail is published again (EML-134).
  ///
  /// - Returns: The changed e-mail; nil if there is none.
  /// - Throws: `InvalidInput`, `UnknownCategory`; `PostgresError`.
  package func update(
    _ id: Int64, _ input: EmailInput, replacing: Bool = false, by author: Author
  ) async throws -> Email? {
    let now = jobs.clock.now
    return try await jobs.transaction(at: now) { transaction in
      guard try await Self.lock(id, "FOR NO KEY UPDATE", on: transaction.connection) else {
        return nil
      }
      let old = try await Self.read(id, on: transaction.connection)
      let values = try input.applied(to: old.values, replacing: replacing)
      guard values != old.values else { return old }
      try await Self.keepFamily(old, values, on: transaction.connection)
      var check = EmailCheck(values, id: id)
      try await check.check(on: transaction.connection)
      try await Self.write(values, id, in: transaction)
      try await transaction.query(EmailStatements.touch(id, by: author, now: now))
      if old.values.share != values.share {
        try await Self.restartShares(
          [old.values.variantParent, values.variantParent], on: transaction.connection)
      }
      try await PausedSends.resume(id, in: transaction)
      try await AuditLog.write(
        [.init("update", "email", id, details: .object(values.changes(from: old.values)))],
        by: author, in: transaction)
      return try await Self.read(id, on: transaction.connection)
    }
  }

  /// Deletes an e-mail. Its sends stay with their address and content; links still lead to their targets
  /// (email.md 17). Variants and translations become independent.
  ///
  /// - Returns: The deleted e-mail; nil if there was none.
  /// - Throws: `PostgresError`.
  package func delete(_ id: Int64, by author: Author) async throws -> Email? {
    let now = jobs.clock.now
    return try await jobs.transaction(at: now) { transaction in
      guard try await Self.lock(id, "FOR UPDATE", on: transaction.connection) else { return nil }
      let email = try await Self.read(id, on: transaction.connection)
      // Contacts who have received one of them do not receive it again as a family of its own (EML-120).
      try await transaction.query(EmailStatements.separateSends(of: email))
      try await Self.restartShares([email.values.variantParent], on: transaction.connection)
      try await transaction.query(EmailStatements.releaseVariants(of: id))
      try await transaction.query(EmailStatements.releaseTranslations(of: id))
      try await transaction.query(EmailStatements.deletePausedSends(of: id))
      try await transaction.query(EmailStatements.deletePausedRuns(of: id))
      try await transaction.query(EmailStatements.delete(id))
      try await AuditLog.write(
        [.init("delete", "email", id, details: .object(["name": .string(email.values.name)]))],
        by: author, in: transaction)
      return email
    }
  }

  static func read(_ id: Int64, on connection: PostgresConnection) async throws -> Email {
    try await EmailStore.find("emails.id = \(id)", on: connection)[0]
  }

  /// Refuses to move an e-mail that was sent to another family, since sends name their family.
  private static func keepFamily(
    _ old: Email, _ new: EmailValues, on connection: PostgresConnection
  ) async throws {
    guard
      old.values.variantParent != new.variantParent
        || old.values.translationParent != new.translationParent
    else { return }
    let sends = try await connection.query(EmailStatements.anySend(of: old))
    guard sends.isEmpty else {
      throw InvalidInput(
        old.values.variantParent != new.variantParent ? "variantParent" : "translationParent",
        "the e-mail was sent already and stays what it is")
    }
  }
}

extension EmailValues {
  /// The values that decide on the variant's share.
  fileprivate var share: [Int64] {
    variantParent.map { [$0, Int64(isPublished ? variantWeight ?? 0 : 0)] } ?? []
  }

  /// Returns the old and new value of each member that differs; contents are only named.
  func changes(from old: EmailValues) -> [String: JSONValue] {
    func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
    let members: [(String, JSONValue, JSONValue)] = [
      ("name", text(old.name), text(name)), ("subject", text(old.subject), text(subject)),
      ("isPublished", .boolean(old.isPublished), .boolean(isPublished)),
      ("publishUp", text(old.publishUp.map(\.description)), text(publishUp.map(\.description))),
      (
        "publishDown", text(old.publishDown.map(\.description)),
        text(publishDown.map(\.description))
      ),
      ("emailType", text(old.type.rawValue), text(type.rawValue)),
      (
        "lists", .array(old.segments.map(JSONValue.integer)),
        .array(segments.map(JSONValue.integer))
      ),
    ]
    var changes: [String: JSONValue] = [:]
    for (name, before, after) in members where before != after {
      changes[name] = .array([before, after])
    }
    if html != old.html || plainText != old.plainText { changes["content"] = .string("changed") }
    return changes
  }
}
