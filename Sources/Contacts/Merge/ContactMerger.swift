package import Fields
package import Foundation
package import JobQueue
package import Postgres
package import Users

/// A contact that stays, and one that is absorbed and deleted.
package struct MergePair: Sendable, Hashable {
  /// The contact that stays.
  package var winner: Int64
  /// The contact that is absorbed.
  package var loser: Int64

  package init(winner: Int64, loser: Int64) {
    self.winner = winner
    self.loser = loser
  }
}

/// A failed merge of contacts.
package enum MergeError: Error, Sendable, Equatable, CustomStringConvertible {
  /// A contact cannot be merged with itself (CON-71).
  case sameContact(Int64)
  /// A contact occurs in several pairs.
  case overlappingPairs(Int64)
  /// There is no such contact.
  case notFound(Int64)

  /// The message for users.
  package var description: String {
    switch self {
    case .sameContact(let id): "contact \(id) cannot be merged with itself"
    case .overlappingPairs(let id): "contact \(id) stands in several pairs"
    case .notFound(let id): "there is no contact \(id)"
    }
  }
}

/// Merges contacts (CON-70…79): many pairs take as many statements as one.
package struct ContactMerger: Sendable {
  private let fields: FieldStore
  private let tables: [MergeTable]
  private let companies: @Sendable () async throws -> CompanyRules

  /// Creates a merger.
  ///
  /// - Parameters:
  ///   - fields: The field definitions.
  ///   - tables: The tables whose rows move to the winner: ``MergeTable/contacts`` and those of
  ///     other modules.
  ///   - companies: Returns the current rules for the companies of a contact.
  package init(
    fields: FieldStore, tables: [MergeTable],
    companies: @escaping @Sendable () async throws -> CompanyRules
  ) {
    self.fields = fields
    self.tables = tables
    self.companies = companies
  }

  /// Merges one contact into another in its own transaction (CON-79).
  ///
  /// - Parameters:
  ///   - loser: The contact that is absorbed.
  ///   - winner: The contact that stays.
  ///   - author: The author of the change.
  ///   - now: The instant of the change.
  ///   - transactions: Runs the transaction.
  /// - Throws: ``MergeError``, or an error of the database, without any change.
  package func merge(
    _ loser: Int64, into winner: Int64, by author: Author, now: Date,
    with transactions: TransactionRunner
  ) async throws {
    let pair = MergePair(winner: winner, loser: loser)
    var attempt = 1
    while true {
      do {
        return try await transactions.transaction(at: now) { transaction in
          let done = try await merge([pair], by: author, in: transaction)
          guard done.isEmpty else { return }
          let found = try await ContactLock.lock([winner], on: transaction.connection)
          throw MergeError.notFound(found.isEmpty ? winner : loser)
        }
      } catch {
        // Another transaction created a contact with the same identifier at the same moment: the
        // next attempt sees it.
        guard (error as? PostgresError)?.sqlState == .uniqueViolation, attempt < 5 else {
          throw error
        }
        attempt += 1
      }
    }
  }

  /// Merges pairs within a transaction.
  ///
  /// - Parameters:
  ///   - pairs: The pairs; no contact may occur in two of them.
  ///   - author: The author of the change.
  ///   - transaction: The transaction. It waits for others that work on the same contacts (CON-79).
  /// - Returns: The pairs whose contacts both existed; the others were left unchanged.
  /// - Throws: ``MergeError``, or an error of the database.
  @discardableResult
  package func merge(
    _ pairs: [MergePair], by author: Author, in transaction: Transaction
  ) async throws -> [MergePair] {
    try Self.check(pairs)
    guard !pairs.isEmpty else { return [] }
    let all = pairs.flatMap { [$0.winner, $0.loser] }
    // Segment evaluations first, then the rows: the locking order used everywhere.
    try await transaction.query("SELECT lock_contact_buckets(\(all))")
    let found = Set(try await ContactLock.lock(all, deleting: true, on: transaction.connection))
    let pairs = pairs.filter { found.contains($0.winner) && found.contains($0.loser) }
    guard !pairs.isEmpty else { return [] }
    let definitions = try await fields.current(on: transaction.connection)
    let statements = MergeStatements(
      pairs: pairs, fields: definitions, author: author, now: transaction.now)
    let shared = try await statements.shared(on: transaction.connection)
    try await transaction.query(statements.redirects)
    try await transaction.query(statements.records)
    let several = try await companies().allowsSeveral
    for statement in statements.companies(several: several) + statements.doNotContact {
      try await transaction.query(statement)
    }
    for statement in tables.flatMap({ $0.statements(statements.pairSQL, now: transaction.now) }) {
      try await transaction.query(statement)
    }
    try await transaction.query(statements.values)
    try await transaction.query("SELECT delete_contacts(\(pairs.map(\.loser)))")
    try await transaction.query(statements.identities(shared: shared))
    // Everything that a segment reads may have changed.
    try await ContactChanges.mark(pairs.map(\.winner).sorted(), [.created], in: transaction)
    return pairs
  }

  private static func check(_ pairs: [MergePair]) throws(MergeError) {
    var seen: Set<Int64> = []
    for pair in pairs {
      guard pair.winner != pair.loser else { throw .sameContact(pair.winner) }
      for id in [pair.winner, pair.loser] where !seen.insert(id).inserted {
        throw .overlappingPairs(id)
      }
    }
  }

  /// Returns the contact into which the one with this id was merged, if it was.
  package static func winner(of id: Int64, in pool: PostgresPool) async throws -> Int64? {
    try await pool.query("SELECT contact_id FROM contact_merges WHERE old_id = \(id)")
      .first?.decode(at: 0)
  }

  /// Returns the contact that an id refers to after merges; `nil` if there is none.
  package static func current(
    of id: Int64, on connection: PostgresConnection
  ) async throws -> Int64? {
    try await current(of: [id], on: connection)[id]
  }

  /// Returns the contacts that ids refer to after merges: for merged ones the winners, through any
  /// number of merges (CON-11). Deleted contacts are left out.
  package static func current(
    of ids: [Int64], on connection: PostgresConnection
  ) async throws -> [Int64: Int64] {
    let rows = try await connection.query(
      """
      SELECT old_id, contact_id FROM contact_merges WHERE old_id = ANY (\(ids))
      UNION ALL SELECT id, id FROM contacts WHERE id = ANY (\(ids))
      """)
    var result: [Int64: Int64] = [:]
    for row in rows { result[try row.decode(at: 0)] = try row.decode(at: 1) }
    return result
  }
}
