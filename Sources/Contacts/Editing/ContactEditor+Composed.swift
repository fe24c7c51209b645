/// Contacts together with what else their transaction writes, such as the submissions of forms.
extension ContactEditor {
  /// Runs a transaction in which contacts are written together.
  ///
  /// - Parameters:
  ///   - origin: The author, the source and the instant.
  ///   - body: Looks up and writes contacts, and writes the rest. It may run several times; only the last time counts.
  /// - Returns: What the body returns.
  /// - Throws: `PostgresError`, and the error of the body, without any change.
  package func together<R: Sendable>(
    from origin: ContactOrigin, _ body: (ContactGroup) async throws -> R
  ) async throws -> R {
    try await GroupCreation(changes: changes).run(from: origin, body)
  }
}
