package import Postgres

/// The tables of hits, as ordered migrations. Those of `Contacts` come first.
package enum TrackingMigrations {
  /// All migrations of this module, in the order in which they are applied.
  package static let all: [Migration] = [
    Migration("tracking.001-hits", hits), Migration("tracking.002-events", events),
    // What failed for good is kept as long as hits are.
    Migration(
      "tracking.003-aside-dates",
      "ALTER TABLE page_hits_aside ADD COLUMN date_added timestamptz NOT NULL DEFAULT now();"),
    Migration(
      "tracking.004-aside-failed",
      "CREATE INDEX page_hits_aside_failed ON page_hits_aside (date_added) WHERE retry_at IS NULL;"),
    Migration("tracking.005-visitor-contents", visitorContents),
    Migration("tracking.006-video-hits", videoHits),
  ]

  /// A hit stays when its contact is deleted (CON-10). `page_hit_intake` holds hits, as text, until they are
  /// recorded, those that failed in a batch one by one; `page_hits_aside` those that failed alone.
  private static let hits = """
    CREATE TABLE page_hits (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      hit uuid NOT NULL UNIQUE,
      contact_id bigint,
      device_id bigint,
      page_id bigint,
      redirect_id bigint,
      email_id bigint,
      source_id bigint,
      at timestamptz NOT NULL,
      left_at timestamptz,
      code integer NOT NULL DEFAULT 200,
      tracking_id text,
      url text NOT NULL,
      title text,
      referrer text,
      language text,
      browser_languages text,
      user_agent text,
      ip_address text,
      source text,
      query jsonb NOT NULL DEFAULT '{}'
    ) WITH (fillfactor = 90);
    CREATE INDEX page_hits_contact ON page_hits (contact_id, at) WHERE contact_id IS NOT NULL;
    CREATE INDEX page_hits_at ON page_hits USING brin (at) WITH (autosummarize = on);

    CREATE TABLE page_hit_intake (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      part integer NOT NULL,
      attempts integer NOT NULL DEFAULT 0,
      content text NOT NULL
    ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
    CREATE INDEX page_hit_intake_part ON page_hit_intake (part, id);

    CREATE TABLE page_hits_aside (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      part integer NOT NULL,
      attempts integer NOT NULL,
      content text NOT NULL,
      error text NOT NULL,
      retry_at timestamptz
    );
    CREATE INDEX page_hits_aside_due ON page_hits_aside (retry_at, id) WHERE retry_at IS NOT NULL;

    INSERT INTO contact_children (table_name, forgets) VALUES ('page_hits', true);
    """

  /// Events hold what apps and servers know of a person, and go with their contact. `visitor_identities` says whom the
  /// ids of senders stand for; `visitor_messages` holds, for a day, the messages that changed contacts.
  private static let events = """
    CREATE TABLE tracked_events (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      message uuid NOT NULL UNIQUE,
      contact_id bigint,
      device_id bigint,
      write_key_id bigint,
      at timestamptz NOT NULL,
      name text NOT NULL,
      url text,
      ip_address text,
      properties jsonb NOT NULL DEFAULT '{}'
    );
    CREATE INDEX tracked_events_contact ON tracked_events (contact_id, at)
      WHERE contact_id IS NOT NULL;
    CREATE INDEX tracked_events_at ON tracked_events USING brin (at) WITH (autosummarize = on);

    CREATE TABLE visitor_identities (
      kind text NOT NULL,
      value text NOT NULL,
      contact_id bigint NOT NULL,
      tracking_id text,
      date_added timestamptz NOT NULL,
      PRIMARY KEY (kind, value)
    );
    CREATE INDEX visitor_identities_contact ON visitor_identities (contact_id);

    CREATE TABLE visitor_messages (
      message uuid PRIMARY KEY,
      at timestamptz NOT NULL
    );
    CREATE INDEX visitor_messages_at ON visitor_messages (at);

    CREATE TABLE write_keys (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      name text NOT NULL,
      hash text NOT NULL UNIQUE,
      is_server boolean NOT NULL,
      origins text[] NOT NULL,
      date_added timestamptz NOT NULL,
      revoked_at timestamptz
    );

    INSERT INTO contact_children (table_name) VALUES ('tracked_events'), ('visitor_identities');
    """

  /// What campaigns have left for a contact's next hit, for a day. `hit` is the hit whose answer took it: the same hit,
  /// sent again, gets it again.
  private static let visitorContents = """
    CREATE TABLE visitor_contents (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      contact_id bigint NOT NULL,
      service text NOT NULL,
      content jsonb NOT NULL,
      at timestamptz NOT NULL,
      hit uuid
    );
    CREATE INDEX visitor_contents_contact ON visitor_contents (contact_id, id);
    CREATE INDEX visitor_contents_at ON visitor_contents (at);

    INSERT INTO contact_children (table_name) VALUES ('visitor_contents');
    """

  /// A row for each view of a video, however often its player tells how far it was watched. It stays when its contact is
  /// deleted, as hits do.
  private static let videoHits = """
    CREATE TABLE video_hits (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      guid text NOT NULL UNIQUE,
      contact_id bigint,
      tracking_id text NOT NULL,
      at timestamptz NOT NULL,
      left_at timestamptz NOT NULL,
      url text NOT NULL,
      duration integer,
      time_watched integer NOT NULL,
      referrer text NOT NULL,
      language text NOT NULL,
      browser_languages text NOT NULL,
      user_agent text NOT NULL,
      ip_address text
    );
    CREATE INDEX video_hits_contact ON video_hits (contact_id, at) WHERE contact_id IS NOT NULL;
    CREATE INDEX video_hits_at ON video_hits USING brin (at) WITH (autosummarize = on);

    INSERT INTO contact_children (table_name, forgets) VALUES ('video_hits', true);
    """
}
