package import Postgres

/// The seals of the audit log, as ordered migrations. They come after those of `Contacts`, which make the log itself.
package enum AuditMigrations {
  /// All migrations of the seals, in the order in which they apply.
  package static let all: [Migration] = [Migration("audit.001-seals", seals)]

  /// Every statement that writes entries notes their ids in its own transaction, so that the sealer finds each entry once
  /// its transaction is committed, whatever the order of ids and commits. A note has at most 1,000 ids. What the log had
  /// before is noted by ranges: nobody can write to it between the trigger and the notes.
  private static let seals = """
    CREATE TABLE audit_unsealed (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      entries int8multirange NOT NULL,
      -- The most entries that it can stand for.
      count integer NOT NULL
    ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

    CREATE FUNCTION audit_log_unsealed() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO audit_unsealed (entries, count)
      SELECT range_agg(int8range(id, id, '[]')), count(*)
      FROM (SELECT id, (row_number() OVER (ORDER BY id) - 1) / 1000 AS part FROM added) AS numbered
      GROUP BY part ORDER BY part;
      RETURN NULL;
    END $$;
    CREATE TRIGGER audit_log_unsealed AFTER INSERT ON audit_log REFERENCING NEW TABLE AS added
      FOR EACH STATEMENT EXECUTE FUNCTION audit_log_unsealed();
    INSERT INTO audit_unsealed (entries, count)
    SELECT int8multirange(int8range(place, least(place + 1000, log.last + 1))), 1000
    FROM (SELECT min(id) AS first, max(id) AS last FROM audit_log) AS log,
      generate_series(log.first, log.last, 1000) AS place ORDER BY place;

    -- `hashes` holds the 32 bytes of each entry, in the order of `entries`; the other hashes are in hexadecimal.
    CREATE TABLE audit_seals (
      block bigint PRIMARY KEY,
      entries bigint[] NOT NULL,
      hashes bytea NOT NULL,
      newest_at timestamptz NOT NULL,
      sealed_at timestamptz NOT NULL,
      previous text NOT NULL,
      hash text NOT NULL,
      signature text NOT NULL
    );
    CREATE INDEX audit_seals_hash ON audit_seals (hash);

    -- The last block that retention has dropped: the chain begins behind it.
    CREATE TABLE audit_anchor (
      single boolean PRIMARY KEY DEFAULT true CHECK (single),
      block bigint NOT NULL,
      hash text NOT NULL,
      signature text NOT NULL,
      dropped_at timestamptz NOT NULL
    );

    CREATE FUNCTION audit_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF TG_OP = 'DELETE' AND current_setting('martlet.audit_retention', true) = 'on' THEN
        RETURN NULL;
      END IF;
      RAISE EXCEPTION 'table % refuses %: what it holds stays as it is', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'insufficient_privilege';
    END $$;
    CREATE TRIGGER audit_log_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log
      FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept();
    CREATE TRIGGER audit_seals_kept BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_seals
      FOR EACH STATEMENT EXECUTE FUNCTION audit_is_kept();
    """
}
