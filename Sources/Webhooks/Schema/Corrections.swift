extension WebhooksMigrations {
  /// A contact that becomes known counts as new, not as changed, also for a webhook that is told of changes alone: its
  /// marks carry the instant at which it became known. What an import logs in the past is not old for the queue, and
  /// deliveries are pruned by their age.
  static let corrections = """
    CREATE OR REPLACE FUNCTION webhooks_hear_marks() RETURNS trigger LANGUAGE plpgsql AS $$
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
      JOIN contacts c ON c.id = changed.id AND c.date_identified <> m.at
      CROSS JOIN unnest(hooks) AS hook
      WHERE m.is_change OR m.is_new AND EXISTS (
        SELECT FROM contact_merges g WHERE g.contact_id = c.id AND g.date_added = m.at)
      ORDER BY m.id, c.id
      ON CONFLICT DO NOTHING;
      RETURN NULL;
    END $$;
    CREATE OR REPLACE FUNCTION webhooks_hear_subscriptions() RETURNS trigger LANGUAGE plpgsql AS $$
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
          'new_status', coalesce(names[m.reason], 'contactable')), greatest(m.date_added, now() - interval '1 day')
      FROM moved m JOIN contacts c ON c.id = m.contact_id AND c.date_identified IS NOT NULL
      CROSS JOIN unnest(hooks) AS hook ORDER BY m.id;
      RETURN NULL;
    END $$;
    CREATE INDEX webhook_deliveries_added ON webhook_deliveries (date_added);
    """
}
