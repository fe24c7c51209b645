extension ContactsMigrations {
  /// The numbers of contacts and companies, kept by triggers, so that a list need not count a million rows.
  ///
  /// A statement that adds or removes records adds one row with the change to `record_counts`, whoever writes: so writers
  /// never wait for one another, a rollback takes its change back, and a snapshot sees exactly the changes of the
  /// transactions whose records it sees. Every 128th such row on average adds up those that no other transaction holds:
  /// there are never many, and no job is needed. Not where the isolation would make that fail beside another one.
  static let recordCounts = """
    CREATE TABLE record_counts (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      table_name text NOT NULL,
      change bigint NOT NULL
    ) WITH (autovacuum_vacuum_threshold = 2000, autovacuum_vacuum_scale_factor = 0);

    CREATE FUNCTION count_records() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      place bigint;
    BEGIN
      IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM record_counts WHERE table_name = TG_TABLE_NAME;
        RETURN NULL;
      END IF;
      INSERT INTO record_counts (table_name, change)
      SELECT TG_TABLE_NAME, CASE TG_OP WHEN 'INSERT' THEN count(*) ELSE -count(*) END FROM moved
      HAVING count(*) > 0 RETURNING id INTO place;
      IF place % 128 = 0 AND current_setting('transaction_isolation') = 'read committed' THEN
        WITH free AS (
          SELECT id FROM record_counts WHERE table_name = TG_TABLE_NAME
          ORDER BY id LIMIT 1000 FOR UPDATE SKIP LOCKED
        ), taken AS (
          DELETE FROM record_counts c USING free WHERE c.id = free.id RETURNING c.change
        )
        INSERT INTO record_counts (table_name, change)
        SELECT TG_TABLE_NAME, sum(change) FROM taken HAVING sum(change) <> 0;
      END IF;
      RETURN NULL;
    END $$;

    CREATE TRIGGER contacts_added AFTER INSERT ON contacts REFERENCING NEW TABLE AS moved
      FOR EACH STATEMENT EXECUTE FUNCTION count_records();
    CREATE TRIGGER contacts_removed AFTER DELETE ON contacts REFERENCING OLD TABLE AS moved
      FOR EACH STATEMENT EXECUTE FUNCTION count_records();
    CREATE TRIGGER contacts_emptied AFTER TRUNCATE ON contacts
      FOR EACH STATEMENT EXECUTE FUNCTION count_records();
    CREATE TRIGGER companies_added AFTER INSERT ON companies REFERENCING NEW TABLE AS moved
      FOR EACH STATEMENT EXECUTE FUNCTION count_records();
    CREATE TRIGGER companies_removed AFTER DELETE ON companies REFERENCING OLD TABLE AS moved
      FOR EACH STATEMENT EXECUTE FUNCTION count_records();
    CREATE TRIGGER companies_emptied AFTER TRUNCATE ON companies
      FOR EACH STATEMENT EXECUTE FUNCTION count_records();

    -- The triggers' locks keep writers out until this is committed.
    INSERT INTO record_counts (table_name, change)
    SELECT 'contacts', count(*) FROM contacts HAVING count(*) > 0
    UNION ALL SELECT 'companies', count(*) FROM companies HAVING count(*) > 0;
    """
}
