extension ContactsMigrations {
  /// The operations that must be atomic on the server.
  ///
  /// `reserve_contact_ids(n)` reserves a contiguous block of ids and returns its first. An import
  /// assigns its row r the id first + r, so that ids do not depend on the number of workers.
  /// Altering the sequence locks it against `nextval` until the transaction ends, so keep that
  /// transaction short.
  ///
  /// `delete_contacts(ids)` deletes contacts with all their related records and returns the number
  /// deleted. Locks are taken in the order of ids, as everywhere. It is redefined in
  /// ``contactChildren``.
  ///
  /// Deleting a user leaves its contacts and companies without an owner (contacts.md 2).
  static let functions = """
    CREATE FUNCTION reserve_contact_ids(n bigint) RETURNS bigint LANGUAGE plpgsql AS $$
    DECLARE
      first bigint;
    BEGIN
      IF n < 0 THEN
        RAISE EXCEPTION 'a block of % ids', n USING ERRCODE = 'invalid_parameter_value';
      END IF;
      ALTER SEQUENCE contacts_id_seq NO CYCLE;
      SELECT CASE WHEN is_called THEN last_value + 1 ELSE last_value END INTO first
        FROM contacts_id_seq;
      EXECUTE format('ALTER SEQUENCE contacts_id_seq RESTART WITH %s', first + n);
      RETURN first;
    END $$;

    CREATE FUNCTION delete_contacts(ids bigint[]) RETURNS bigint LANGUAGE plpgsql AS $$
    DECLARE
      deleted bigint;
    BEGIN
      PERFORM FROM contacts WHERE id = ANY (ids) ORDER BY id FOR UPDATE;
      DELETE FROM contact_tags WHERE contact_id = ANY (ids);
      DELETE FROM contact_companies WHERE contact_id = ANY (ids);
      DELETE FROM segment_members WHERE contact_id = ANY (ids);
      DELETE FROM do_not_contact WHERE contact_id = ANY (ids);
      DELETE FROM frequency_rules WHERE contact_id = ANY (ids);
      DELETE FROM contact_ips WHERE contact_id = ANY (ids);
      DELETE FROM utm_tags WHERE contact_id = ANY (ids);
      DELETE FROM points_log WHERE contact_id = ANY (ids);
      DELETE FROM stage_log WHERE contact_id = ANY (ids);
      DELETE FROM import_log WHERE contact_id = ANY (ids);
      DELETE FROM contact_merges WHERE contact_id = ANY (ids);
      DELETE FROM contacts WHERE id = ANY (ids);
      GET DIAGNOSTICS deleted = ROW_COUNT;
      RETURN deleted;
    END $$;

    CREATE FUNCTION clear_owner() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      UPDATE contacts SET owner_id = NULL WHERE owner_id IN (SELECT id FROM gone);
      UPDATE companies SET owner_id = NULL WHERE owner_id IN (SELECT id FROM gone);
      RETURN NULL;
    END $$;
    CREATE TRIGGER users_gone AFTER DELETE ON users REFERENCING OLD TABLE AS gone
      FOR EACH STATEMENT EXECUTE FUNCTION clear_owner();
    """
}
