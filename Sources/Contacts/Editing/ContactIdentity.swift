package import Fields
package import Postgres

/// A value of a unique identifier as it is compared.
struct IdentifierKey: Hashable, Sendable {
  /// The id of the field.
  var field: Int64
  /// The key of the value (``IdentityKey``).
  var key: String
}

/// Finds contacts by unique identifiers (CON-60 to CON-63).
package enum ContactIdentity {
  /// The result of a search.
  package struct Found: Sendable, Equatable {
    /// The contact that matches the identifiers; the one added last if there are several (CON-63).
    package var match: Int64?
    /// Whether any other contact has one of them: both then share it, and leave the unique index.
    package var isTaken: Bool
  }

  /// Looks identifiers up.
  ///
  /// - Parameters:
  ///   - identifiers: Unique identifiers with the keys of their given values (``IdentityKey``).
  ///     Without any, nothing is found (CON-61).
  ///   - matchesAny: Whether one matching identifier is enough (OR); otherwise all given ones must
  ///     match (AND, CON-60).
  ///   - except: A contact to ignore.
  ///   - connection: The connection to use.
  /// - Returns: What was found, and the version of the definitions of fields, asked for in the same round trip.
  /// - Throws: `PostgresError`.
  package static func find(
    _ identifiers: [(field: Field, key: String)], matchesAny: Bool, except: Int64? = nil,
    on connection: PostgresConnection
  ) async throws -> (found: Found, version: Int64) {
    let version: SQL = "SELECT \(sql: FieldStore.version)"
    guard !identifiers.isEmpty else {
      let rows = try await connection.query(version)
      return (Found(match: nil, isTaken: false), try rows[0].decode(at: 0))
    }
    // Two halves for each identifier, so that each uses its index.
    let halves = identifiers.flatMap { field, key -> [SQL] in
      let equal: SQL = "\(sql: SQL(unsafeText: field.identityExpression)) = \(key)"
      return [
        """
        SELECT id FROM contacts
        WHERE NOT identity_shared AND \(identifier: field.column) IS NOT NULL AND \(sql: equal)
        """,
        "SELECT id FROM contacts WHERE identity_shared AND \(sql: equal)",
      ]
    }
    let equalities = identifiers.map { field, key -> SQL in
      "coalesce(\(sql: SQL(unsafeText: field.identityExpression)) = \(key), false)"
    }
    let agrees = equalities.joined(separator: matchesAny ? " OR " : " AND ")
    let results = try await connection.pipeline([
      version,
      """
      SELECT id, (\(sql: agrees)) AS agrees FROM contacts
      WHERE id = ANY (ARRAY(\(sql: halves.joined(separator: " UNION ALL "))))
        AND id IS DISTINCT FROM \(except)::bigint
      ORDER BY agrees DESC, date_added DESC, id DESC LIMIT 2
      """,
    ])
    return (try found(results[1]), try results[0][0].decode(at: 0))
  }

  /// What ``claim(_:also:on:)`` found.
  struct Claimed: Sendable {
    /// The contacts that have the identifiers already.
    var taken: [IdentifierKey: Set<Int64>]
    /// The version of the definitions of fields.
    var version: Int64
    /// An id for each new contact.
    var ids: [Int64]
    /// The rows of the statements that were sent along.
    var answers: [PostgresRows]
  }

  /// Looks up who has the identifiers of contacts, and takes an id for each that may be new.
  ///
  /// - Parameters:
  ///   - identifiers: The unique identifiers of each, with the keys of their given values.
  ///   - statements: Further statements for the same round trip.
  ///   - connection: The connection of the transaction.
  /// - Throws: `PostgresError`.
  static func claim(
    _ identifiers: [[(field: Field, key: String)]], also statements: [SQL],
    on connection: PostgresConnection
  ) async throws -> Claimed {
    var keys: [Int64: (field: Field, keys: [String])] = [:]
    for (field, key) in identifiers.joined() {
      keys[field.id, default: (field, [])].keys.append(key)
    }
    let fields = keys.sorted { $0.key < $1.key }.map(\.value)
    let results = try await connection.pipeline(
      [
        """
        SELECT version, CASE WHEN n > 0 THEN nextval('contacts_id_seq') END
        FROM generate_series(0, \(identifiers.count)) AS n, fields_version ORDER BY n
        """
      ]
        + fields.map { field, keys in
          let expression = SQL(unsafeText: field.identityExpression)
          // Two halves, so that each uses its index.
          return """
            SELECT \(sql: expression), id FROM contacts
            WHERE NOT identity_shared AND \(identifier: field.column) IS NOT NULL
              AND \(sql: expression) = ANY (\(keys))
            UNION ALL
            SELECT \(sql: expression), id FROM contacts
            WHERE identity_shared AND \(sql: expression) = ANY (\(keys))
            """
        } + statements)
    var taken: [IdentifierKey: Set<Int64>] = [:]
    for (field, rows) in zip(fields, results.dropFirst()) {
      for row in rows {
        let key = IdentifierKey(field: field.field.id, key: try row.decode(at: 0))
        taken[key, default: []].insert(try row.decode(at: 1))
      }
    }
    return Claimed(
      taken: taken, version: try results[0][0].decode(at: 0),
      ids: try results[0].dropFirst().map { try $0.decode(at: 1) },
      answers: Array(results.dropFirst(1 + fields.count)))
  }

  private static func found(_ rows: PostgresRows) throws -> Found {
    guard let first = rows.first else { return Found(match: nil, isTaken: false) }
    guard try first.decode("agrees") else { return Found(match: nil, isTaken: true) }
    return Found(match: try first.decode("id"), isTaken: rows.count > 1)
  }

  /// Blocks other transactions that create a contact with one of these identifiers until this one
  /// ends. Must be called before any contact is locked.
  static func lock(
    _ identifiers: [(field: Field, key: String)], on connection: PostgresConnection
  ) async throws(PostgresError) {
    try await connection.lockShared(.identities)
    for name in identifiers.map({ "\($0.field.alias):\($0.key)" }).sorted() {
      try await connection.lock(.identity(name))
    }
  }

  /// Locks all identifiers at once, for imports that map several: locking each one of thousands of
  /// rows would fill the server's lock table.
  ///
  /// - Throws: `PostgresError`.
  package static func lockAll(on connection: PostgresConnection) async throws(PostgresError) {
    try await connection.lock(.identities)
  }

  /// Returns whether a contact's values match the identifiers after its row is locked.
  ///
  /// - Parameter value: Returns the contact's value of the field with an alias.
  static func holds(
    _ identifiers: [(field: Field, key: String)], matchesAny: Bool,
    _ value: (String) -> FieldValue?
  ) -> Bool {
    func equal(_ identifier: (field: Field, key: String)) -> Bool {
      value(identifier.field.alias).map { IdentityKey.of($0.text) } == identifier.key
    }
    return matchesAny ? identifiers.contains(where: equal) : identifiers.allSatisfy(equal)
  }

  /// Returns whether an error means that another contact took an identifier at this moment, in
  /// which case a retry finds that contact.
  static func isRace(_ error: any Error) -> Bool {
    guard let error = error as? PostgresError else { return false }
    return error.sqlState == .uniqueViolation
      && error.constraint?.hasPrefix("contacts_identity_") == true
  }
}
