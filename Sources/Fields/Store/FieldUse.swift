package import Postgres

/// One kind of record that may need a field, so that the field cannot be deleted (CON-23).
///
/// Modules that store aliases of fields add theirs to the ``FieldStore``.
package struct FieldUse: Sendable {
  /// The kind in the plural, as people read it: `segments`.
  package var kind: String
  /// The names of the records that use a field.
  package var names: @Sendable (Field, PostgresConnection) async throws -> [String]

  /// A kind of record.
  package init(
    _ kind: String,
    names: @escaping @Sendable (Field, PostgresConnection) async throws -> [String]
  ) {
    self.kind = kind
    self.names = names
  }
}
