package import Postgres

/// The table of field definitions, as ordered migrations, under the names with which they were
/// first applied.
package enum FieldsMigrations {
  /// All migrations of this module, in the order in which they are applied.
  package static let all: [Migration] = [
    Migration("contacts.001-fields", fieldsTable),
    Migration("contacts.002-standard-fields", standardFields),
  ]

  /// Returns a statement that gathers statistics on a text column as it is compared. The names must
  /// be constants or aliases of fields.
  package static func statistics(of column: String, in table: String) -> String {
    """
    CREATE STATISTICS IF NOT EXISTS "\(table)_key_\(column)"
      ON (lower("\(column)" COLLATE "C")) FROM "\(table)";
    """
  }
}
