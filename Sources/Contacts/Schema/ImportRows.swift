extension ContactsMigrations {
  /// Which row of which import touched a contact: action 1 inserted, 2 updated.
  ///
  /// An import reserves a block of ids and gives row r the id first + r - 1, so the id of a contact that
  /// it made tells import and row: only what an id cannot tell is written down. `import_log` is both.
  static let importRows = """
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

    CREATE OR REPLACE FUNCTION delete_contacts(ids bigint[]) RETURNS bigint LANGUAGE plpgsql AS $$
    DECLARE
      deleted bigint;
    BEGIN
      PERFORM lock_contact_buckets(ids);
      PERFORM FROM contacts WHERE id = ANY (ids) ORDER BY id FOR UPDATE;
      DELETE FROM contact_tags WHERE contact_id = ANY (ids);
      DELETE FROM contact_companies WHERE contact_id = ANY (ids);
      DELETE FROM contact_categories WHERE contact_id = ANY (ids);
      DELETE FROM segment_members WHERE contact_id = ANY (ids);
      DELETE FROM segment_history WHERE contact_id = ANY (ids);
      DELETE FROM do_not_contact WHERE contact_id = ANY (ids);
      DELETE FROM do_not_contact_log WHERE contact_id = ANY (ids);
      DELETE FROM frequency_rules WHERE contact_id = ANY (ids);
      DELETE FROM contact_ips WHERE contact_id = ANY (ids);
      DELETE FROM utm_tags WHERE contact_id = ANY (ids);
      DELETE FROM notes WHERE contact_id = ANY (ids);
      DELETE FROM devices WHERE contact_id = ANY (ids);
      DELETE FROM points_log WHERE contact_id = ANY (ids);
      DELETE FROM stage_log WHERE contact_id = ANY (ids);
      DELETE FROM import_rows WHERE contact_id = ANY (ids);
      DELETE FROM contact_merges WHERE contact_id = ANY (ids);
      DELETE FROM contacts WHERE id = ANY (ids);
      GET DIAGNOSTICS deleted = ROW_COUNT;
      RETURN deleted;
    END $$;
    """
}
