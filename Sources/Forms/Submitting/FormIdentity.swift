import Contacts
import Fields
import Foundation
import JobQueue
import Postgres

/// Decides to whom a submission belongs (CON-64, CON-65, tracking.md 12).
///
/// A unique identifier that was filled in decides, whatever the browser is tracked as. The tracked contact is joined to
/// the one with the identifier only if it has no other value of it: two persons at one browser stay two.
struct FormIdentity: Sendable {
  let contacts: ContactStore
  let merger: ContactMerger
  let transactions: TransactionRunner
  let matchesAny: Bool

  /// Returns the tracked contact if the submission may be written to it; nil if the contact is to be found by what was
  /// filled in, or made.
  ///
  /// - Parameters:
  ///   - visitor: The contact as whom the browser is tracked.
  ///   - values: What was filled in, by alias of fields of contacts.
  ///   - fields: The definitions of fields.
  ///   - now: The instant of a merge.
  func subject(
    _ visitor: Int64?, _ values: [String: String], _ fields: FieldSet, now: Date
  ) async throws -> Int64? {
    guard let visitor, let tracked = try await contacts.contact(visitor) else { return nil }
    let given = fields.uniqueIdentifiers(.contact).compactMap { field in
      values[field.alias].map { (field: field, key: IdentityKey.of($0)) }
    }
    let isAnother = given.contains { field, key in
      tracked.fields[field.alias].map { IdentityKey.of($0.text) != key } ?? false
    }
    if isAnother { return nil }
    guard !given.isEmpty else { return tracked.id }
    let found = try await contacts.pool.withConnection { connection in
      try await ContactIdentity.find(
        given, matchesAny: matchesAny, except: tracked.id, on: connection
      ).found
    }
    guard let owner = found.match else { return tracked.id }
    do {
      try await merger.merge(tracked.id, into: owner, by: .system, now: now, with: transactions)
    } catch MergeError.notFound {
      // One of the two has gone in between; the identifier decides.
    }
    return nil
  }
}
