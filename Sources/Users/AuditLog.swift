package import Foundation
package import JobQueue
package import Postgres
package import Primitives

/// The log of changes to records and their authors (CON-12).
package enum AuditLog {
  /// One line of the log.
  package struct Entry: Sendable {
    /// The module that the record belongs to: `lead`, `company`, `segment` …
    package var bundle: String
    /// The kind of record.
    package var object: String
    /// The record's id.
    package var objectID: Int64
    /// The action: `create`, `update`, `delete`, `identified`, `ipadded`, `merge` …
    package var action: String
    /// Old and new values by name, or other details.
    package var details: JSONValue

    package init(
      _ action: String, _ object: String, _ objectID: Int64, bundle: String? = nil,
      details: JSONValue = .object([:])
    ) {
      self.action = action
      self.object = object
      self.objectID = objectID
      self.bundle = bundle ?? object
      self.details = details
    }
  }

  /// Writes lines in the transaction of the changes, with one statement.
  ///
  /// - Parameters:
  ///   - entries: The lines; may be empty.
  ///   - author: The author of the change.
  ///   - transaction: The transaction.
  /// - Throws: `PostgresError`.
  package static func write(
    _ entries: [Entry], by author: Author, in transaction: Transaction
  ) async throws {
    guard let statement = try statement(entries, by: author, now: transaction.now)
    else {
      return
    }
    try await transaction.query(statement)
  }

  /// Old and new value of each member that differs, as the details of an entry.
  package static func differences(
    _ members: [(name: String, before: JSONValue, after: JSONValue)]
  ) -> [String: JSONValue] {
    members.reduce(into: [:]) { differences, member in
      if member.before != member.after {
        differences[member.name] = .array([member.before, member.after])
      }
    }
  }

  /// The same, of members in the same order before and after.
  package static func differences(
    from before: [(name: String, value: JSONValue)], to after: [(name: String, value: JSONValue)]
  ) -> [String: JSONValue] {
    differences(zip(before, after).map { ($0.name, $0.value, $1.value) })
  }

  /// The statement that writes lines, to be sent together with others; `nil` without any.
  package static func statement(
    _ entries: [Entry], by author: Author, now: Date
  ) throws -> SQL? {
    guard !entries.isEmpty else { return nil }
    let details = try entries.map {
      String(decoding: try JSONEncoder().encode($0.details), as: UTF8.self)
    }
    return """
      INSERT INTO audit_log (bundle, object, object_id, action, details, user_id, user_name,
        ip_address, date_added)
      SELECT bundle, object, object_id, action, details::jsonb, \(author.id)::bigint,
        \(author.name)::text, \(author.address)::text, \(now)::timestamptz
      FROM unnest(\(entries.map(\.bundle))::text[], \(entries.map(\.object))::text[],
        \(entries.map(\.objectID))::bigint[], \(entries.map(\.action))::text[],
        \(details)::text[])
        AS entry (bundle, object, object_id, action, details)
      """
  }
}
