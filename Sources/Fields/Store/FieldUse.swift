package import Postgres

/// A kind of record that may use a field, so that the field cannot be deleted (CON-23).
///
/// Modules that store aliases of fields add theirs to the ``FieldStore``.
package struct FieldUse: Sendable {
  /// The kind in the plural, for messages: `segments`.
  package var kind: String
  /// Returns the names of the records that use a field.
  package var names: @Sendable (Field, PostgresConnection) async throws -> [String]

  /// Creates a kind of record.
  package init(
    _ kind: String,
    names: @escaping @Sendable (Field, PostgresConnection) async throws -> [String]
  ) {
    self.kind = kind
    self.names = names
  }
}
