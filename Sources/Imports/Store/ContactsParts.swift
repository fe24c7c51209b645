package import Contacts

extension ImportMigrations {
  /// The import rows that touched contacts; the migrations of contacts create them.
  ///
  /// An import reserves a block of ids and gives row r the id first + r - 1, so the id of a contact
  /// that it created identifies import and row: only what an id cannot tell is stored. `import_log`
  /// combines both.
  package static let inContacts = ContactsMigrations.ImportTables(log: log, rows: rows)

  private static let log = """
    -- Which row of which import touched the contact: action 1 inserted, 2 updated.
    CREATE TABLE import_log (
      contact_id bigint NOT NULL,
      import_id bigint NOT NULL,
      row_number bigint NOT NULL,
      action smallint NOT NULL CHECK (action IN (1, 2)),
      PRIMARY KEY (contact_id, import_id, row_number)
    );
    CREATE INDEX import_log_import ON import_log USING brin (import_id);
    """

  private static let rows = """
    ALTER INDEX import_log_import RENAME TO import_rows_import;
    ALTER TABLE import_log RENAME TO import_rows;
    CREATE TABLE import_blocks (
      first_id bigint PRIMARY KEY,
      last_id bigint NOT NULL,
      import_id bigint NOT NULL
    );
    CREATE INDEX import_blocks_import ON import_blocks (import_id);
    CREATE VIEW import_log AS
      SELECT contact_id, import_id, row_number, action FROM import_rows
      UNION ALL
      SELECT c.id, b.import_id, c.id - b.first_id + 1, 1::smallint
      FROM import_blocks b JOIN contacts c ON c.id BETWEEN b.first_id AND b.last_id;
    """
}
