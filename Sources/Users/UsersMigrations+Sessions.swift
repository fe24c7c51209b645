extension UsersMigrations {
  /// Sessions of browsers. A session, or whatever else was granted with a password, names the version of the password that
  /// it was made with: so all of it ends with any change of the password, one made by hand included.
  static let sessions = """
    ALTER TABLE users ADD COLUMN password_version bigint NOT NULL DEFAULT 1;
    CREATE FUNCTION count_password_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      NEW.password_version := OLD.password_version + 1;
      RETURN NEW;
    END $$;
    CREATE TRIGGER users_password_version BEFORE UPDATE OF password_hash ON users
      FOR EACH ROW WHEN (NEW.password_hash IS DISTINCT FROM OLD.password_hash)
      EXECUTE FUNCTION count_password_change();

    CREATE TABLE user_sessions (
      digest bytea PRIMARY KEY CHECK (octet_length(digest) = 32),
      user_id bigint NOT NULL REFERENCES users ON DELETE CASCADE,
      password_version bigint NOT NULL,
      date_added timestamptz NOT NULL,
      last_seen timestamptz NOT NULL,
      expires_at timestamptz NOT NULL,
      ip_address text,
      user_agent text
    );
    CREATE INDEX user_sessions_user ON user_sessions (user_id);
    CREATE INDEX user_sessions_expires ON user_sessions (expires_at);
    """
}
