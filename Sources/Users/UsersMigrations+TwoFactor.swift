extension UsersMigrations {
  /// Second factors. One is pending until `enabled_at`; `last_step` is the step of the last code that was taken. Only what
  /// changes whether a password alone is enough moves `users_version`: a login would else have every process forget the
  /// credentials that it knows.
  static let secondFactors = """
    CREATE TABLE user_second_factors (
      user_id bigint PRIMARY KEY REFERENCES users ON DELETE CASCADE,
      secret bytea NOT NULL,
      date_added timestamptz NOT NULL,
      enabled_at timestamptz,
      last_step bigint NOT NULL DEFAULT 0
    );
    CREATE TRIGGER user_second_factors_added AFTER INSERT ON user_second_factors
      FOR EACH ROW WHEN (NEW.enabled_at IS NOT NULL) EXECUTE FUNCTION bump_users_version();
    CREATE TRIGGER user_second_factors_changed AFTER UPDATE ON user_second_factors
      FOR EACH ROW WHEN (NEW.enabled_at IS DISTINCT FROM OLD.enabled_at)
      EXECUTE FUNCTION bump_users_version();
    CREATE TRIGGER user_second_factors_removed AFTER DELETE ON user_second_factors
      FOR EACH ROW WHEN (OLD.enabled_at IS NOT NULL) EXECUTE FUNCTION bump_users_version();

    CREATE TABLE user_recovery_codes (
      user_id bigint NOT NULL REFERENCES user_second_factors ON DELETE CASCADE,
      digest bytea NOT NULL CHECK (octet_length(digest) = 32),
      PRIMARY KEY (user_id, digest)
    );

    ALTER TABLE roles ADD COLUMN requires_two_factor boolean NOT NULL DEFAULT false;
    """
}
