extension ContactsMigrations {
  /// The import rows that touched contacts: action 1 inserted, 2 updated.
  ///
  /// An import reserves a block of ids and gives row r the id first + r - 1, so the id of a contact
  /// that it created identifies import and row: only what an id cannot tell is stored. `import_log`
  /// combines both.
  ///
  /// - Parameter imports: The statements about imports.
  static func importRows(imports: String) -> String {
    """
    \(imports)

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
}
