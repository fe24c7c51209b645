public import Postgres

/// The queue's tables.
public enum JobQueueSchema {
  /// The migrations, in order. Run them with the other modules'.
  public static let migrations: [Migration] = [
    Migration("jobqueue.001-jobs", jobs),
    Migration("jobqueue.002-failed", failed),
  ]

  /// The columns of the history that are needed to retry a job that was given up.
  private static let failed = """
    ALTER TABLE job_history
      ADD COLUMN lane_weight double precision NOT NULL DEFAULT 1,
      ADD COLUMN version integer,
      ADD COLUMN payload text,
      ADD COLUMN timeout_ms bigint,
      ADD COLUMN keep_seconds bigint,
      ADD COLUMN lane text,
      ADD COLUMN lane_limit integer;
    """

  /// `jobs` is hot: rows come and go. Vacuum follows closely, and room in each page lets a retry
  /// or a raised fence update the row in place.
  private static let jobs = """
    CREATE TABLE jobs (
      id uuid PRIMARY KEY,
      queue text NOT NULL,
      name text NOT NULL,
      version integer NOT NULL,
      payload text NOT NULL,
      state smallint NOT NULL DEFAULT 0,
      attempt integer NOT NULL DEFAULT 0,
      max_attempts integer NOT NULL,
      timeout_ms bigint NOT NULL DEFAULT 0,
      keep_seconds bigint,
      run_at timestamptz,
      lane text,
      lane_limit integer,
      lane_weight double precision NOT NULL DEFAULT 1,
      unique_key text,
      batch_id uuid,
      fence bigint NOT NULL DEFAULT 0,
      object_type text,
      object_id bigint,
      created_by bigint,
      created_at timestamptz NOT NULL,
      last_error text,
      last_error_at timestamptz,
      progress_done bigint,
      progress_total bigint
    ) WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02,
            autovacuum_vacuum_threshold = 1000, autovacuum_vacuum_cost_delay = 0);
    COMMENT ON COLUMN jobs.state IS '0 to be done, 2 dead';
    COMMENT ON COLUMN jobs.fence IS 'deliveries with a smaller token may change nothing any more';
    CREATE UNIQUE INDEX jobs_unique ON jobs (name, unique_key)
      WHERE unique_key IS NOT NULL AND state <> 2;
    CREATE INDEX jobs_object ON jobs (object_type, object_id) WHERE object_type IS NOT NULL;
    CREATE INDEX jobs_batch ON jobs (batch_id) WHERE batch_id IS NOT NULL;
    CREATE INDEX jobs_dead ON jobs (queue, id) WHERE state = 2;

    CREATE TABLE job_history (
      id uuid PRIMARY KEY,
      queue text NOT NULL,
      name text NOT NULL,
      outcome text NOT NULL CHECK (outcome IN ('succeeded', 'failed', 'cancelled')),
      attempt integer NOT NULL,
      max_attempts integer NOT NULL,
      unique_key text,
      object_type text,
      object_id bigint,
      created_by bigint,
      created_at timestamptz NOT NULL,
      started_at timestamptz,
      ended_at timestamptz NOT NULL,
      expires_at timestamptz NOT NULL,
      error text,
      result text,
      progress_done bigint,
      progress_total bigint
    );
    CREATE INDEX job_history_expiry ON job_history (expires_at);
    CREATE INDEX job_history_object ON job_history (object_type, object_id)
      WHERE object_type IS NOT NULL;

    CREATE TABLE job_batches (
      id uuid PRIMARY KEY,
      total bigint NOT NULL,
      remaining bigint NOT NULL,
      failed bigint NOT NULL DEFAULT 0,
      follow_up text,
      created_at timestamptz NOT NULL,
      ended_at timestamptz
    ) WITH (fillfactor = 50);

    CREATE TABLE job_queues (
      name text PRIMARY KEY,
      paused boolean NOT NULL DEFAULT false,
      limits text NOT NULL DEFAULT '{}'
    );

    CREATE TABLE periodic_jobs (
      name text PRIMARY KEY,
      last_slot timestamptz NOT NULL
    );
    """
}
