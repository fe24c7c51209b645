extension CampaignsMigrations {
  /// The past memberships of contacts (CAM-701), and counters that follow contacts when they are deleted.
  ///
  /// `campaign_members` describes the current run. `campaign_history` keeps what it cannot: that a contact left,
  /// and when earlier runs began. So a first run costs no row here. All hours are derived from the instants in
  /// the rows, so that the counters can be verified against them (CAM-803).
  static let campaignHistory = """
    CREATE TABLE campaign_history (
      contact_id bigint NOT NULL,
      campaign_id bigint NOT NULL,
      -- The run by the rotation it began with.
      run integer NOT NULL,
      entered boolean NOT NULL,
      at timestamptz NOT NULL,
      by_hand boolean NOT NULL DEFAULT false,
      PRIMARY KEY (contact_id, campaign_id, run, entered)
    );

    CREATE FUNCTION campaign_hour(at timestamptz) RETURNS timestamptz LANGUAGE sql IMMUTABLE
    PARALLEL SAFE AS $$ SELECT date_bin('1 hour', at, '1970-01-01T00:00:00Z') $$;

    -- A membership that is deleted takes along its log, its history and what it was counted for: whoever is
    -- deleted counts in no statistics any more (CAM-350).
    CREATE FUNCTION campaigns_members_gone() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO campaign_event_counts AS counter
        (event_id, slot, campaign_id, executed, yes, no, failed)
      SELECT l.event_id, pg_backend_pid() % 16, min(l.campaign_id),
        -count(*) FILTER (WHERE l.state = 3), -count(*) FILTER (WHERE l.state = 3 AND l.path),
        -count(*) FILTER (WHERE l.state = 3 AND NOT l.path), -count(*) FILTER (WHERE l.state = 4)
      FROM gone m JOIN campaign_log l ON l.contact_id = m.contact_id
        AND l.campaign_id = m.campaign_id AND l.rotation = m.rotation AND l.state IN (3, 4)
      WHERE m.is_active GROUP BY l.event_id ORDER BY l.event_id
      ON CONFLICT (event_id, slot) DO UPDATE SET executed = counter.executed + excluded.executed,
        yes = counter.yes + excluded.yes, no = counter.no + excluded.no,
        failed = counter.failed + excluded.failed;
      WITH logged AS (
        DELETE FROM campaign_log l USING gone
        WHERE l.contact_id = gone.contact_id AND l.campaign_id = gone.campaign_id RETURNING l.*
      )
      INSERT INTO campaign_event_hours AS counter
        (event_id, hour, slot, campaign_id, executed, yes, no, failed)
      SELECT l.event_id, campaign_hour(coalesce(l.executed_at, l.fire_at, l.base_at)) AS hour,
        pg_backend_pid() % 16, min(l.campaign_id),
        -count(*) FILTER (WHERE l.state = 3), -count(*) FILTER (WHERE l.state = 3 AND l.path),
        -count(*) FILTER (WHERE l.state = 3 AND NOT l.path), -count(*) FILTER (WHERE l.state = 4)
      FROM logged l WHERE l.state IN (3, 4) GROUP BY l.event_id, hour ORDER BY l.event_id, hour
      ON CONFLICT (event_id, hour, slot) DO UPDATE SET executed = counter.executed + excluded.executed,
        yes = counter.yes + excluded.yes, no = counter.no + excluded.no,
        failed = counter.failed + excluded.failed;
      DELETE FROM campaign_history h USING gone
      WHERE h.contact_id = gone.contact_id AND h.campaign_id = gone.campaign_id;
      INSERT INTO campaign_member_hours AS counter (campaign_id, hour, slot, added, removed)
      SELECT campaign_id, campaign_hour(date_added) AS hour, pg_backend_pid() % 16, -count(*), 0
      FROM gone GROUP BY campaign_id, hour ORDER BY campaign_id, hour
      ON CONFLICT (campaign_id, hour, slot) DO UPDATE SET added = counter.added + excluded.added;
      RETURN NULL;
    END $$;
    CREATE TRIGGER campaign_members_gone AFTER DELETE ON campaign_members
      REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION campaigns_members_gone();

    -- A membership that a merge of contacts moves takes its log and its history along.
    CREATE FUNCTION campaigns_member_moved() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      UPDATE campaign_log SET contact_id = NEW.contact_id
      WHERE contact_id = OLD.contact_id AND campaign_id = OLD.campaign_id;
      UPDATE campaign_history SET contact_id = NEW.contact_id
      WHERE contact_id = OLD.contact_id AND campaign_id = OLD.campaign_id;
      RETURN NULL;
    END $$;
    CREATE TRIGGER campaign_member_moved AFTER UPDATE OF contact_id ON campaign_members
      FOR EACH ROW EXECUTE FUNCTION campaigns_member_moved();

    CREATE FUNCTION campaigns_history_gone() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO campaign_member_hours AS counter (campaign_id, hour, slot, added, removed)
      SELECT campaign_id, campaign_hour(at) AS hour, pg_backend_pid() % 16,
        -count(*) FILTER (WHERE entered), -count(*) FILTER (WHERE NOT entered)
      FROM gone GROUP BY campaign_id, hour ORDER BY campaign_id, hour
      ON CONFLICT (campaign_id, hour, slot) DO UPDATE SET added = counter.added + excluded.added,
        removed = counter.removed + excluded.removed;
      RETURN NULL;
    END $$;
    CREATE TRIGGER campaign_history_gone AFTER DELETE ON campaign_history
      REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION campaigns_history_gone();
    """
}
