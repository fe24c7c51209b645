package import Postgres

/// The table of field definitions, as ordered migrations. Their names are those under which they were first
/// applied.
package enum FieldsMigrations {
  /// All migrations of this module, in the order in which they apply.
  package static let all: [Migration] = [
    Migration("contacts.001-fields", fieldsTable),
    Migration("contacts.002-standard-fields", standardFields),
  ]

  /// A statement that gathers statistics on a text column as it is compared. The names are the program's
  /// own, or a field's alias.
  package static func statistics(of column: String, in table: String) -> String {
    """
    CREATE STATISTICS IF NOT EXISTS "\(table)_key_\(column)"
      ON (lower("\(column)" COLLATE "C")) FROM "\(table)";
    """
  }
}
