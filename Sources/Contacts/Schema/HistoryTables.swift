extension ContactsMigrations {
  /// The tables for histories beside the records themselves.
  ///
  /// `do_not_contact` has the current entries; the log has every change (CON-56), with reason 0 for
  /// a removal.
  static let historyTables = """
    CREATE TABLE do_not_contact_log (
      contact_id bigint NOT NULL,
      id bigint GENERATED ALWAYS AS IDENTITY,
      channel text NOT NULL,
      reason smallint NOT NULL CHECK (reason BETWEEN 0 AND 3),
      channel_id bigint,
      comments text,
      date_added timestamptz NOT NULL,
      PRIMARY KEY (contact_id, id)
    );
    INSERT INTO do_not_contact_log (contact_id, channel, reason, channel_id, comments, date_added)
    SELECT contact_id, channel, reason, channel_id, comments, date_added FROM do_not_contact
    ORDER BY date_added, id;

    -- How far a bulk action has come: one row for each job, written with each of its steps.
    CREATE TABLE contact_bulk (
      job_id uuid PRIMARY KEY,
      last_id bigint NOT NULL DEFAULT 0,
      highest_id bigint NOT NULL,
      matched bigint NOT NULL DEFAULT 0,
      changed bigint NOT NULL DEFAULT 0,
      failed bigint NOT NULL DEFAULT 0,
      date_added timestamptz NOT NULL
    );

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
      DELETE FROM import_log WHERE contact_id = ANY (ids);
      DELETE FROM contact_merges WHERE contact_id = ANY (ids);
      DELETE FROM contacts WHERE id = ANY (ids);
      GET DIAGNOSTICS deleted = ROW_COUNT;
      RETURN deleted;
    END $$;
    """
}
