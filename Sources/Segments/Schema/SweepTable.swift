extension SegmentsMigrations {
  /// The time of the last sweep for segments that need a rebuild; the next sweep makes up for a missed
  /// minute.
  static let sweep = """
    CREATE TABLE segment_sweep (
      single boolean PRIMARY KEY DEFAULT true CHECK (single),
      swept_at timestamptz NOT NULL
    );
    INSERT INTO segment_sweep (swept_at) VALUES ('-infinity');
    """
}
