extension ContactsMigrations {
  /// Day counts in slots: transactions that move contacts of one segment at the same time each count in a
  /// slot of their own and need not wait for one another. Who reads adds the slots up.
  static let segmentCounts = """
    ALTER TABLE segment_days ADD COLUMN slot smallint NOT NULL DEFAULT 0;
    ALTER TABLE segment_days DROP CONSTRAINT segment_days_pkey;
    ALTER TABLE segment_days ADD PRIMARY KEY (segment_id, day, slot);
    """
}
