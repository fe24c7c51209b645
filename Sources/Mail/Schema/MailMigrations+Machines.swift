extension MailMigrations {
  /// What machines opened and clicked (EML-360), with the signs that told them. What was recorded before counts as
  /// people's. `visit` is what a click's request said of its visitor, for tracking.
  static let machines = """
    ALTER TABLE email_opens ADD COLUMN machine_reason text;
    ALTER TABLE link_hits ADD COLUMN machine_reason text;
    ALTER TABLE email_sends ADD COLUMN machine_open_count integer NOT NULL DEFAULT 0,
      ADD COLUMN machine_click_count integer NOT NULL DEFAULT 0,
      ADD COLUMN is_machine_read boolean NOT NULL DEFAULT false;
    ALTER TABLE emails ADD COLUMN machine_read_count bigint NOT NULL DEFAULT 0,
      ADD COLUMN machine_click_count bigint NOT NULL DEFAULT 0;
    ALTER TABLE links ADD COLUMN machine_hits bigint NOT NULL DEFAULT 0;
    ALTER TABLE email_acts ADD COLUMN visit text;
    ALTER TABLE email_acts_aside ADD COLUMN visit text;

    -- Clicks on the link that nobody sees (EML-364).
    CREATE TABLE email_traps (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      act uuid NOT NULL UNIQUE,
      send_id bigint NOT NULL,
      at timestamptz NOT NULL,
      ip_address text,
      user_agent text
    );
    CREATE INDEX email_traps_send ON email_traps (send_id, at);
    """

  /// A click is judged with those of its send: those that wait, however many opens wait with them, and the latest of
  /// those that are recorded, however many there are (EML-363).
  static let judging = """
    CREATE INDEX email_acts_followed ON email_acts (hash)
      WHERE kind LIKE 'click:%' OR kind = 'trap';
    CREATE INDEX link_hits_send_at ON link_hits (send_id, at);
    """
}
