extension SegmentsMigrations {
  /// When segments were looked at last for what needs a rebuild: a minute in which nobody could do it is made
  /// up for by the next.
  static let sweep = """
    CREATE TABLE segment_sweep (
      single boolean PRIMARY KEY DEFAULT true CHECK (single),
      swept_at timestamptz NOT NULL
    );
    INSERT INTO segment_sweep (swept_at) VALUES ('-infinity');
    """
}
