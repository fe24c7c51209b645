extension ContactsMigrations {
  /// The addresses whose owners want no e-mail, whatever becomes of their contacts (EML-414).
  ///
  /// A contact that gets such an address, in whatever way, gets the entry by a trigger, so that no writer of contacts can
  /// forget it. Only hashes are stored: the address of a deleted contact is not kept.
  static let suppressions = """
    CREATE TABLE suppressed_addresses (
      hash bytea PRIMARY KEY,
      date_added timestamptz NOT NULL
    );
    CREATE FUNCTION address_hash(address text) RETURNS bytea
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
      SELECT sha256(convert_to(lower(btrim(address)), 'UTF8'))
    $$;
    INSERT INTO suppressed_addresses (hash, date_added)
    SELECT address_hash(c.email), min(d.date_added)
    FROM do_not_contact d JOIN contacts c ON c.id = d.contact_id
    WHERE d.channel = 'email' AND d.reason = 1 AND c.email <> '' GROUP BY 1;

    CREATE FUNCTION contacts_suppress_new() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF EXISTS (SELECT FROM suppressed_addresses) THEN
        WITH barred AS (
          INSERT INTO do_not_contact (contact_id, channel, reason, comments, date_added)
          SELECT n.id, 'email', 1, 'The address has unsubscribed.', n.date_added
          FROM new_contacts n JOIN suppressed_addresses s ON s.hash = address_hash(n.email)
          WHERE n.email IS NOT NULL
          ON CONFLICT DO NOTHING RETURNING contact_id, comments, date_added
        )
        INSERT INTO do_not_contact_log (contact_id, channel, reason, comments, date_added)
        SELECT contact_id, 'email', 1, comments, date_added FROM barred ORDER BY contact_id;
      END IF;
      RETURN NULL;
    END $$;
    CREATE TRIGGER contacts_suppress_new AFTER INSERT ON contacts
      REFERENCING NEW TABLE AS new_contacts
      FOR EACH STATEMENT EXECUTE FUNCTION contacts_suppress_new();

    CREATE FUNCTION contacts_suppress_changed() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      moment timestamptz := coalesce(NEW.date_modified, NEW.date_added);
    BEGIN
      IF EXISTS (SELECT FROM suppressed_addresses WHERE hash = address_hash(NEW.email)) THEN
        INSERT INTO do_not_contact (contact_id, channel, reason, comments, date_added)
        VALUES (NEW.id, 'email', 1, 'The address has unsubscribed.', moment)
        ON CONFLICT DO NOTHING;
        IF FOUND THEN
          INSERT INTO do_not_contact_log (contact_id, channel, reason, comments, date_added)
          VALUES (NEW.id, 'email', 1, 'The address has unsubscribed.', moment);
          INSERT INTO contact_changes (contact_ids, topics, at)
          VALUES (ARRAY[NEW.id], ARRAY['dnc'], moment);
        END IF;
      END IF;
      RETURN NULL;
    END $$;
    CREATE TRIGGER contacts_suppress_changed AFTER UPDATE OF email ON contacts
      FOR EACH ROW WHEN (NEW.email IS DISTINCT FROM OLD.email AND NEW.email IS NOT NULL)
      EXECUTE FUNCTION contacts_suppress_changed();
    """
}
