package import JobQueue

/// Changes of a contact together with what else their transaction writes, such as the submission of a form.
extension ContactEditor {
  /// Creates or changes a contact as ``upsert(_:from:)`` does, and writes more in the same transaction.
  ///
  /// - Parameters:
  ///   - input: The input for the contact.
  ///   - origin: The author, the source and the instant.
  ///   - body: Writes the rest. It may run several times; only the last time counts.
  /// - Returns: What the body returns.
  /// - Throws: ``InvalidInput``, `PostgresError`, and the error of the body, without any change.
  package func upsert<R: Sendable>(
    _ input: ContactInput, from origin: ContactOrigin,
    and body: (Contact, Transaction) async throws -> R
  ) async throws -> R {
    try await changes.run(input, .upsert, origin) { work in
      let contact = try await work.contact(try await work.upsert())
      return try await body(contact, work.transaction)
    }
  }

  /// Changes the given members of a contact as ``edit(_:_:mode:from:)`` does, and writes more in the same transaction.
  ///
  /// - Returns: What the body returns; `nil`, and nothing is written, if there is no such contact.
  /// - Throws: As ``upsert(_:from:and:)``.
  package func edit<R: Sendable>(
    _ id: Int64, _ input: ContactInput, from origin: ContactOrigin,
    and body: (Contact, Transaction) async throws -> R
  ) async throws -> R? {
    try await changes.run(input, .patch, origin) { work -> R? in
      guard try await work.edit(id) != nil else { return nil }
      return try await body(try await work.contact(id), work.transaction)
    }
  }
}
