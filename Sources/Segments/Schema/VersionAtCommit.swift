extension SegmentsMigrations {
  /// Raises the version for caches in the commit: so its row is locked last, whatever else a transaction
  /// does with segments, and cannot cause a deadlock.
  static let versionAtCommit = """
    DROP TRIGGER segments_made ON segments;
    DROP TRIGGER segments_changed ON segments;
    CREATE CONSTRAINT TRIGGER segments_made AFTER INSERT OR DELETE ON segments
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION bump_segments_version();
    CREATE CONSTRAINT TRIGGER segments_changed AFTER UPDATE ON segments
      DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
      WHEN (OLD.filters IS DISTINCT FROM NEW.filters
        OR OLD.filters_version <> NEW.filters_version OR OLD.is_published <> NEW.is_published
        OR (OLD.build_error IS NULL) <> (NEW.build_error IS NULL))
      EXECUTE FUNCTION bump_segments_version();
    """
}
