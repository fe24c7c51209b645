extension SegmentsMigrations {
  /// Rebuilds and runs over many segments, the version for caches of definitions, and the function that
  /// takes marks.
  ///
  /// `take_contact_changes(maximum)` deletes marks, oldest first, until they hold `maximum` contacts, and
  /// then waits for the locks of these contacts' buckets. It skips marks that another session is taking.
  /// Statements that read definitions and contacts afterwards see everything that was committed before
  /// the locks were acquired.
  static let rebuildTables = """
    ALTER TABLE segments
      -- The version of the filters of the last complete rebuild.
      ADD COLUMN built_version bigint NOT NULL DEFAULT 0,
      -- The zone and the other options of that rebuild.
      ADD COLUMN built_options text,
      -- Requests for a rebuild are counted; one is served by a rebuild that began after it.
      ADD COLUMN rebuilds_requested bigint NOT NULL DEFAULT 0,
      ADD COLUMN rebuilds_served bigint NOT NULL DEFAULT 0;

    CREATE FUNCTION bump_segments_version() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      UPDATE segments_version SET version = version + 1;
      RETURN NULL;
    END $$;
    CREATE TRIGGER segments_made AFTER INSERT OR DELETE ON segments
      FOR EACH ROW EXECUTE FUNCTION bump_segments_version();
    CREATE TRIGGER segments_changed AFTER UPDATE ON segments FOR EACH ROW
      WHEN (OLD.filters IS DISTINCT FROM NEW.filters
        OR OLD.filters_version <> NEW.filters_version OR OLD.is_published <> NEW.is_published
        OR (OLD.build_error IS NULL) <> (NEW.build_error IS NULL))
      EXECUTE FUNCTION bump_segments_version();

    -- What a rebuild goes by is frozen when it begins: filters, instant, zone, greatest contact.
    CREATE TABLE segment_rebuilds (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      segment_id bigint NOT NULL,
      -- It serves requests up to this number.
      request bigint NOT NULL,
      -- 1 running, 2 done, 3 failed, 4 outdated by newer filters
      state smallint NOT NULL,
      filters_version bigint NOT NULL,
      -- The filters of the segment, and of those whose filters it takes in.
      definitions jsonb NOT NULL,
      takes_in boolean NOT NULL,
      time_zone text NOT NULL,
      excludes_visitors boolean NOT NULL,
      -- To which instant relative dates relate.
      instant timestamptz NOT NULL,
      next_change timestamptz,
      last_contact bigint NOT NULL,
      -- The most contacts to add and remove together (SEG-72).
      limited_to bigint,
      ranges integer NOT NULL,
      ranges_done integer NOT NULL DEFAULT 0,
      added bigint NOT NULL DEFAULT 0,
      removed bigint NOT NULL DEFAULT 0,
      error text,
      started_at timestamptz NOT NULL,
      ended_at timestamptz
    );
    CREATE UNIQUE INDEX segment_rebuilds_running ON segment_rebuilds (segment_id) WHERE state = 1;
    CREATE INDEX segment_rebuilds_segment ON segment_rebuilds (segment_id, id);

    -- Rebuilds of many segments, level by level: those that others refer to come first.
    CREATE TABLE segment_runs (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      -- The levels to come, a list of lists of segments; null before the first is known.
      levels jsonb,
      -- Segments that shall be left out, or the only ones; null for none of both.
      except_segments bigint[],
      only_segments bigint[],
      -- What was asked for so far, in order, and from where on it is waited for.
      segments bigint[] NOT NULL DEFAULT '{}',
      requests bigint[] NOT NULL DEFAULT '{}',
      waiting bigint[] NOT NULL DEFAULT '{}',
      created_by bigint,
      started_at timestamptz NOT NULL,
      ended_at timestamptz
    );
    CREATE INDEX segment_runs_open ON segment_runs (id) WHERE ended_at IS NULL;

    CREATE FUNCTION take_contact_changes(maximum integer)
    RETURNS TABLE (contacts bigint[], topics text[]) LANGUAGE plpgsql AS $$
    DECLARE
      mark contact_changes%ROWTYPE;
      last_id bigint := 0;
      taken bigint[] := '{}';
      everybody bigint[] := '{}';
      total integer := 0;
    BEGIN
      WHILE total < maximum AND cardinality(taken) < 2000 LOOP
        SELECT * INTO mark FROM contact_changes WHERE id > last_id
          ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED;
        EXIT WHEN NOT FOUND;
        last_id := mark.id;
        taken := taken || mark.id;
        total := total + cardinality(mark.contact_ids);
        everybody := everybody || mark.contact_ids;
        contacts := mark.contact_ids;
        topics := mark.topics;
        RETURN NEXT;
      END LOOP;
      IF total > 0 THEN
        DELETE FROM contact_changes WHERE id = ANY (taken);
        PERFORM lock_contact_buckets(everybody);
      END IF;
    END $$;
    """
}
