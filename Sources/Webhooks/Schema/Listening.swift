extension WebhooksMigrations {
  /// Triggers that write what webhooks are told, in the transaction of the change and whoever makes it: an import by
  /// `COPY`, a campaign for thousands of contacts, an edit. They run once for each statement, and end at once where no
  /// webhook listens: the names of those that do are few rows. What they read of a statement is narrow or gathered for
  /// the counts of records anyway, but for changed companies. Changes of contacts are heard from their marks, which tell
  /// thousands in a row, so that nothing is added to the writing of contacts.
  static let listening = """
    CREATE FUNCTION webhook_listeners(wanted text) RETURNS bigint[] LANGUAGE sql STABLE
      AS $$ SELECT array_agg(id) FROM webhooks WHERE is_published AND wanted = ANY (events) $$;

    -- A contact that nobody knows is told of once it is known (CON-02).
    CREATE FUNCTION webhooks_hear_new_contacts() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      hooks bigint[] := webhook_listeners('mautic.lead_post_save_new');
    BEGIN
      IF hooks IS NULL THEN RETURN NULL; END IF;
      INSERT INTO webhook_queue (webhook_id, event, contact, saves, at)
      SELECT hook, 'mautic.lead_post_save_new', m.id, 1, clock_timestamp()
      FROM moved m CROSS JOIN unnest(hooks) AS hook
      WHERE m.date_identified IS NOT NULL ORDER BY m.id
      ON CONFLICT DO NOTHING;
      RETURN NULL;
    END $$;
    CREATE TRIGGER webhooks_contact_added AFTER INSERT ON contacts REFERENCING NEW TABLE AS moved
      FOR EACH STATEMENT EXECUTE FUNCTION webhooks_hear_new_contacts();

    CREATE FUNCTION webhooks_hear_identified_contact() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      INSERT INTO webhook_queue (webhook_id, event, contact, saves, at)
      SELECT hook, 'mautic.lead_post_save_new', NEW.id, 1, clock_timestamp()
      FROM unnest(webhook_listeners('mautic.lead_post_save_new')) AS hook
      ON CONFLICT DO NOTHING;
      RETURN NULL;
    END $$;
    CREATE TRIGGER webhooks_contact_identified AFTER UPDATE OF date_identified ON contacts
      FOR EACH ROW WHEN (OLD.date_identified IS NULL AND NEW.date_identified IS NOT NULL)
      EXECUTE FUNCTION webhooks_hear_identified_contact();

    -- The winner of a merge is marked as if it were new.
    CREATE FUNCTION webhooks_hear_marks() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      hooks bigint[] := webhook_listeners('mautic.lead_post_save_update');
    BEGIN
      IF hooks IS NULL THEN RETURN NULL; END IF;
      INSERT INTO webhook_queue (webhook_id, event, contact, saves, at)
      SELECT hook, 'mautic.lead_post_save_update', c.id, 1, m.at
      FROM (
        SELECT id, contact_ids, at, EXISTS (
          SELECT FROM unnest(topics) AS topic
          WHERE topic = 'tags' OR topic LIKE 'field:%'
            AND topic NOT IN ('field:last_active', 'field:points')) AS is_change,
          'created' = ANY (topics) AS is_new
        FROM moved
      ) AS m CROSS JOIN unnest(m.contact_ids) AS changed (id)
      JOIN contacts c ON c.id = changed.id AND c.date_identified IS NOT NULL
      CROSS JOIN unnest(hooks) AS hook
      WHERE m.is_change OR m.is_new AND EXISTS (
        SELECT FROM contact_merges g WHERE g.contact_id = c.id AND g.date_added = m.at)
      ORDER BY m.id, c.id
      ON CONFLICT DO NOTHING;
      RETURN NULL;
    END $$;
    CREATE TRIGGER webhooks_contacts_marked AFTER INSERT ON contact_changes
      REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION webhooks_hear_marks();

    -- Read by dynamic SQL: columns come and go with the fields.
    CREATE FUNCTION webhooks_hear_deleted_records() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      object text := CASE TG_TABLE_NAME WHEN 'contacts' THEN 'contact' ELSE 'company' END;
      name text := CASE object WHEN 'contact' THEN 'mautic.lead_post_delete'
        ELSE 'mautic.company_post_delete' END;
      hooks bigint[] := webhook_listeners(name);
    BEGIN
      IF hooks IS NULL THEN RETURN NULL; END IF;
      EXECUTE format($sql$
        INSERT INTO webhook_queue (webhook_id, event, %s, data, at)
        SELECT hook, $1, m.id, jsonb_build_object('id', m.id, $2, jsonb_build_object('id', m.id,
            'dateAdded', to_char(m.date_added AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"'),
            'fields', jsonb_build_object('all', to_jsonb(m) - $4))), clock_timestamp()
        FROM moved m CROSS JOIN unnest($3) AS hook WHERE %s ORDER BY m.id
        $sql$, CASE object WHEN 'contact' THEN 'contact' ELSE 'subject' END,
        CASE object WHEN 'contact' THEN 'm.date_identified IS NOT NULL' ELSE 'true' END)
      USING name, object, hooks, ARRAY['owner_id', 'stage_id', 'date_added', 'date_modified',
        'date_identified', 'created_by', 'modified_by', 'is_published', 'identity_shared',
        'preferred_profile_image', 'created_by_user', 'modified_by_user'];
      RETURN NULL;
    END $$;
    CREATE TRIGGER webhooks_contact_removed AFTER DELETE ON contacts REFERENCING OLD TABLE AS moved
      FOR EACH STATEMENT EXECUTE FUNCTION webhooks_hear_deleted_records();
    CREATE TRIGGER webhooks_company_removed AFTER DELETE ON companies
      REFERENCING OLD TABLE AS moved
      FOR EACH STATEMENT EXECUTE FUNCTION webhooks_hear_deleted_records();

    CREATE FUNCTION webhooks_hear_companies() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      hooks bigint[] := webhook_listeners('mautic.company_post_save');
    BEGIN
      IF hooks IS NULL THEN RETURN NULL; END IF;
      INSERT INTO webhook_queue (webhook_id, event, subject, saves, at)
      SELECT hook, 'mautic.company_post_save', m.id, 2, clock_timestamp()
      FROM moved m CROSS JOIN unnest(hooks) AS hook ORDER BY m.id
      ON CONFLICT DO NOTHING;
      RETURN NULL;
    END $$;
    CREATE TRIGGER webhooks_company_added AFTER INSERT ON companies REFERENCING NEW TABLE AS moved
      FOR EACH STATEMENT EXECUTE FUNCTION webhooks_hear_companies();
    CREATE TRIGGER webhooks_company_changed AFTER UPDATE ON companies
      REFERENCING NEW TABLE AS moved
      FOR EACH STATEMENT EXECUTE FUNCTION webhooks_hear_companies();

    -- Scores in groups have a line in the same log (PTS-30). Of several lines each begins where the last one ended.
    CREATE FUNCTION webhooks_hear_points() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      hooks bigint[] := webhook_listeners('mautic.lead_points_change');
    BEGIN
      IF hooks IS NULL THEN RETURN NULL; END IF;
      INSERT INTO webhook_queue (webhook_id, event, contact, data, at)
      SELECT hook, 'mautic.lead_points_change', l.contact_id,
        jsonb_build_object('points', jsonb_build_object(
          'new_points', l.points, 'old_points', l.points - l.delta)), l.date_added
      FROM (
        SELECT m.*, c.points - coalesce(sum(m.delta::bigint) OVER (
            PARTITION BY m.contact_id ORDER BY m.id
            ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING), 0) AS points
        FROM moved m JOIN contacts c ON c.id = m.contact_id
        WHERE m.group_id IS NULL AND m.delta <> 0 AND c.date_identified IS NOT NULL
      ) AS l CROSS JOIN unnest(hooks) AS hook ORDER BY l.id;
      RETURN NULL;
    END $$;
    CREATE TRIGGER webhooks_points_logged AFTER INSERT ON points_log
      REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION webhooks_hear_points();

    CREATE FUNCTION webhooks_hear_subscriptions() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      hooks bigint[] := webhook_listeners('mautic.lead_channel_subscription_changed');
      names text[] := ARRAY['unsubscribed', 'bounced', 'manual'];
    BEGIN
      IF hooks IS NULL THEN RETURN NULL; END IF;
      INSERT INTO webhook_queue (webhook_id, event, contact, data, at)
      SELECT hook, 'mautic.lead_channel_subscription_changed', m.contact_id,
        jsonb_build_object('channel', m.channel,
          'old_status', coalesce(names[(
            SELECT l.reason FROM do_not_contact_log l
            WHERE l.contact_id = m.contact_id AND l.channel = m.channel AND l.id < m.id
            ORDER BY l.id DESC LIMIT 1)], 'contactable'),
          'new_status', coalesce(names[m.reason], 'contactable')), m.date_added
      FROM moved m JOIN contacts c ON c.id = m.contact_id AND c.date_identified IS NOT NULL
      CROSS JOIN unnest(hooks) AS hook ORDER BY m.id;
      RETURN NULL;
    END $$;
    CREATE TRIGGER webhooks_subscription_logged AFTER INSERT ON do_not_contact_log
      REFERENCING NEW TABLE AS moved
      FOR EACH STATEMENT EXECUTE FUNCTION webhooks_hear_subscriptions();

    -- A link that goes with its contact or company leaves nobody to tell of.
    CREATE FUNCTION webhooks_hear_company_links() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      hooks bigint[] := webhook_listeners('mautic.lead_company_change');
    BEGIN
      IF hooks IS NULL THEN RETURN NULL; END IF;
      INSERT INTO webhook_queue (webhook_id, event, contact, subject, data, at)
      SELECT hook, 'mautic.lead_company_change', m.contact_id, m.company_id,
        jsonb_build_object('action', CASE TG_OP WHEN 'INSERT' THEN 'added' ELSE 'removed' END),
        clock_timestamp()
      FROM moved m JOIN contacts c ON c.id = m.contact_id AND c.date_identified IS NOT NULL
      CROSS JOIN unnest(hooks) AS hook ORDER BY m.contact_id, m.company_id;
      RETURN NULL;
    END $$;
    CREATE TRIGGER webhooks_company_linked AFTER INSERT ON contact_companies
      REFERENCING NEW TABLE AS moved
      FOR EACH STATEMENT EXECUTE FUNCTION webhooks_hear_company_links();
    CREATE TRIGGER webhooks_company_unlinked AFTER DELETE ON contact_companies
      REFERENCING OLD TABLE AS moved
      FOR EACH STATEMENT EXECUTE FUNCTION webhooks_hear_company_links();

    CREATE FUNCTION webhooks_hear_segments() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE
      hooks bigint[] := webhook_listeners('mautic.lead_list_change');
    BEGIN
      IF hooks IS NULL THEN RETURN NULL; END IF;
      INSERT INTO webhook_queue (webhook_id, event, contact, subject, data, at)
      SELECT hook, 'mautic.lead_list_change', m.contact_id, m.segment_id,
        jsonb_build_object('action', CASE WHEN m.entered THEN 'added' ELSE 'removed' END), m.at
      FROM moved m JOIN contacts c ON c.id = m.contact_id AND c.date_identified IS NOT NULL
      CROSS JOIN unnest(hooks) AS hook ORDER BY m.id;
      RETURN NULL;
    END $$;
    CREATE TRIGGER webhooks_segment_moved AFTER INSERT ON segment_history
      REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION webhooks_hear_segments();
    """
}
