extension PostgresConnection {
  /// Runs a query whose rows are too many to hold at once, and passes them on in batches. Inside a
  /// transaction only.
  ///
  /// A batch has `size` rows, the last may have fewer. The connection may be used in the closure.
  /// - Throws: `.usage` outside a transaction, the server's error, or what the closure throws.
  public func batches(
    of sql: SQL, size: Int = 1000, isolation: isolated (any Actor)? = #isolation,
    _ body: (PostgresRows) async throws -> Void
  ) async throws {
    let name = try await openCursor(sql)
    let fetch = SQL(unsafeText: "FETCH \(max(1, size)) FROM \(name)")
    while true {
      let rows = try await query(fetch)
      if !rows.isEmpty { try await body(rows) }
      if rows.count < max(1, size) { break }
    }
    // If the body throws the cursor is left to the transaction's end.
    await sendWithNext(SQL(unsafeText: "CLOSE \(name)"))
  }

  private func openCursor(_ sql: SQL) throws(PostgresError) -> String {
    guard transactionState != .none else {
      throw PostgresError(.usage, "a cursor needs a transaction")
    }
    names += 1
    let name = "c\(names)"
    sendWithNext("DECLARE \(sql: SQL(unsafeText: name)) NO SCROLL CURSOR FOR \(sql: sql)")
    return name
  }
}
