package import Fields
package import Postgres

/// Finding contacts by unique identifiers (CON-60 to CON-63).
package enum ContactIdentity {
  /// The result of a search.
  package struct Found: Sendable, Equatable {
    /// The contact that the identifiers mean; of several the one added last (CON-63).
    package var match: Int64?
    /// Whether any other contact holds one of them: then both share it, and leave the unique index.
    package var isTaken: Bool
  }

  /// Looks identifiers up.
  ///
  /// - Parameters:
  ///   - identifiers: Unique identifiers with the keys of their given values (``IdentityKey``). Without
  ///     any nothing is found (CON-61).
  ///   - matchesAny: Whether one equal identifier is enough (OR); otherwise all that are given must be
  ///     equal (AND, CON-60).
  ///   - except: A contact that does not count.
  ///   - connection: Where to look.
  /// - Throws: `PostgresError`.
  package static func find(
    _ identifiers: [(field: Field, key: String)], matchesAny: Bool, except: Int64? = nil,
    on connection: PostgresConnection
  ) async throws -> Found {
    guard !identifiers.isEmpty else { return Found(match: nil, isTaken: false) }
    // Two halves for each identifier, so that each uses the index that was made for it.
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
    let rows = try await connection.query(
      """
      SELECT id, (\(sql: agrees)) AS agrees FROM contacts
      WHERE id = ANY (ARRAY(\(sql: halves.joined(separator: " UNION ALL "))))
        AND id IS DISTINCT FROM \(except)::bigint
      ORDER BY agrees DESC, date_added DESC, id DESC LIMIT 2
      """)
    guard let first = rows.first else { return Found(match: nil, isTaken: false) }
    guard try first.decode("agrees") else { return Found(match: nil, isTaken: true) }
    return Found(match: try first.decode("id"), isTaken: rows.count > 1)
  }

  /// Keeps others who would create a contact with one of these identifiers waiting until the
  /// transaction ends. Call it before any contact is locked.
  static func lock(
    _ identifiers: [(field: Field, key: String)], on connection: PostgresConnection
  ) async throws(PostgresError) {
    try await connection.lockShared(.identities)
    for name in identifiers.map({ "\($0.field.alias):\($0.key)" }).sorted() {
      try await connection.lock(.identity(name))
    }
  }

  /// The same for all identifiers at once, as imports need it that map several: to lock each one of
  /// thousands of rows would fill the server's table of locks.
  ///
  /// - Throws: `PostgresError`.
  package static func lockAll(on connection: PostgresConnection) async throws(PostgresError) {
    try await connection.lock(.identities)
  }

  /// Whether a contact's values have the identifiers, as they are once its row is locked.
  static func holds(
    _ values: FieldValues, _ identifiers: [(field: Field, key: String)], matchesAny: Bool
  ) -> Bool {
    func equal(_ identifier: (field: Field, key: String)) -> Bool {
      values[identifier.field.alias].map { IdentityKey.of($0.text) } == identifier.key
    }
    return matchesAny ? identifiers.contains(where: equal) : identifiers.allSatisfy(equal)
  }

  /// Whether an error says that another contact got hold of an identifier at this moment: then the
  /// same again finds that contact.
  static func isRace(_ error: any Error) -> Bool {
    guard let error = error as? PostgresError else { return false }
    return error.sqlState == .uniqueViolation
      && error.constraint?.hasPrefix("contacts_identity_") == true
  }
}
