extension ContactsMigrations {
  /// The list of tables with rows of contacts, for deletions. Other modules add their tables in
  /// their migrations:
  ///
  /// ```sql
  /// INSERT INTO contact_children (table_name) VALUES ('point_scores');
  /// INSERT INTO contact_children (table_name, forgets) VALUES ('email_stats', true);
  /// INSERT INTO contact_children (table_name, function_name) VALUES ('email_sends', 'mail_forget_contacts');
  /// ```
  ///
  /// The first loses its rows with their contact; the second keeps them without the contact
  /// (CON-10); for the third a function of the module is called with the contacts' ids.
  static let contactChildren = """
    CREATE TABLE contact_children (
      table_name text PRIMARY KEY,
      column_name text NOT NULL DEFAULT 'contact_id',
      -- Whether rows stay and only forget whose they were.
      forgets boolean NOT NULL DEFAULT false,
      -- What is called with the ids instead.
      function_name text
    );
    INSERT INTO contact_children (table_name)
    SELECT unnest(ARRAY['contact_tags', 'contact_companies', 'contact_categories', 'segment_members',
      'segment_history', 'do_not_contact', 'do_not_contact_log', 'frequency_rules', 'contact_ips',
      'utm_tags', 'notes', 'devices', 'points_log', 'stage_log', 'import_rows', 'contact_merges']);

    CREATE OR REPLACE FUNCTION delete_contacts(ids bigint[]) RETURNS bigint LANGUAGE plpgsql AS $$
    DECLARE
      child contact_children%ROWTYPE;
      deleted bigint;
    BEGIN
      PERFORM lock_contact_buckets(ids);
      PERFORM FROM contacts WHERE id = ANY (ids) ORDER BY id FOR UPDATE;
      FOR child IN SELECT * FROM contact_children ORDER BY table_name LOOP
        IF child.function_name IS NOT NULL THEN
          EXECUTE format('SELECT %I($1)', child.function_name) USING ids;
        ELSIF child.forgets THEN
          EXECUTE format('UPDATE %I SET %I = NULL WHERE %2$I = ANY ($1)',
            child.table_name, child.column_name) USING ids;
        ELSE
          EXECUTE format('DELETE FROM %I WHERE %I = ANY ($1)',
            child.table_name, child.column_name) USING ids;
        END IF;
      END LOOP;
      DELETE FROM contacts WHERE id = ANY (ids);
      GET DIAGNOSTICS deleted = ROW_COUNT;
      RETURN deleted;
    END $$;
    """
}
