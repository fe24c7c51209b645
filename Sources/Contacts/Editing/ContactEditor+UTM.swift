package import Foundation
import JobQueue
package import Postgres
import Users

/// Campaign parameters to be added to a contact.
package struct NewUTMTag: Sendable, Equatable {
  package var campaign: String?
  package var content: String?
  package var medium: String?
  package var source: String?
  package var term: String?
  /// The URL of the landing page.
  package var url: String?
  /// The URL of the referring page.
  package var referer: String?
  /// The referring host.
  package var remoteHost: String?
  /// The user agent, from which a device is read.
  package var userAgent: String?
  /// The query as sent, an object.
  package var query: JSON?

  /// Creates an empty set of parameters.
  package init() {}

  /// Whether no parameter is set.
  package var isEmpty: Bool { self == NewUTMTag() }
}

extension ContactEditor {
  /// Adds campaign parameters to a contact, and the device of the user agent (api.md 8.2).
  ///
  /// - Parameters:
  ///   - tag: The parameters.
  ///   - id: The contact.
  ///   - lastActive: The time of the activity, if known.
  ///   - origin: The author, the source and the instant.
  /// - Returns: The updated contact; `nil` if it does not exist.
  /// - Throws: `PostgresError`.
  package func addUTM(
    _ tag: NewUTMTag, to id: Int64, lastActive: Date?, from origin: ContactOrigin
  ) async throws -> Contact? {
    return try await changing(id, origin, action: "utmtags") { transaction, topics in
      try await UTMTagStore.insert(
        [.init(contact: id, tag: tag, at: transaction.now)], in: transaction)
      topics.insert(.utm)
      if let agent = tag.userAgent, let device = agents.read(agent).device {
        try await DeviceStore.record(device, of: id, in: transaction)
      }
      if let lastActive {
        try await transaction.query(
          "UPDATE contacts SET last_active = \(lastActive) WHERE id = \(id)")
        topics.insert(.column("last_active"))
      }
      return "added"
    }
  }

  /// Removes campaign parameters from a contact.
  ///
  /// - Returns: The updated contact, `nil` if it does not exist; and whether it had the parameters.
  /// - Throws: `PostgresError`.
  package func removeUTM(
    _ tag: Int64, from id: Int64, from origin: ContactOrigin
  ) async throws -> (contact: Contact?, isFound: Bool) {
    try await transactions.transaction(at: origin.now) { transaction in
      var isFound = false
      let contact = try await change(id, origin.author, action: "utmtags", in: transaction) {
        transaction, topics in
        isFound =
          try await !transaction.query(
            "DELETE FROM utm_tags WHERE contact_id = \(id) AND id = \(tag) RETURNING id"
          ).isEmpty
        guard isFound else { return nil }
        topics.insert(.utm)
        return "removed"
      }
      return (contact, isFound)
    }
  }

  private func changing(
    _ id: Int64, _ origin: ContactOrigin, action: String,
    _ body: (Transaction, inout Set<ChangeTopic>) async throws -> String?
  ) async throws -> Contact? {
    try await transactions.transaction(at: origin.now) { transaction in
      try await change(id, origin.author, action: action, in: transaction, body)
    }
  }

  /// Changes related records of a contact: locks it, and records the change that the body returns,
  /// if any.
  private func change(
    _ id: Int64, _ author: Author, action: String, in transaction: Transaction,
    _ body: (Transaction, inout Set<ChangeTopic>) async throws -> String?
  ) async throws -> Contact? {
    guard try await !ContactLock.lock([id], on: transaction.connection).isEmpty else { return nil }
    var topics: Set<ChangeTopic> = [.column("date_modified")]
    if let what = try await body(transaction, &topics) {
      try await transaction.query(
        """
        UPDATE contacts SET date_modified = \(transaction.now), modified_by = \(author.id),
          modified_by_user = \(author.name) WHERE id = \(id)
        """)
      try await AuditLog.write(
        [.init("update", "lead", id, details: .object([action: .string(what)]))], by: author,
        in: transaction)
      try await ContactChanges.mark([id], topics, in: transaction)
    }
    let connection = transaction.connection
    let reader = ContactReader(try await fields.current(on: connection))
    guard let contact = try await reader.contact(id, on: connection) else {
      throw ContactWork.Moved()
    }
    return contact
  }
}
