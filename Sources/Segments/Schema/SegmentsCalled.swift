extension SegmentsMigrations {
  /// Finds segments by alias in a way that the planner looks through: of a stable function it takes the value, and so knows
  /// how many members the segment has. Of a subquery it supposes as many as segments have on average, and a search within
  /// one of 50,000 members gathers them all before it gives up.
  static let segmentsCalled = """
    CREATE INDEX segments_alias ON segments (lower(alias COLLATE "C"));
    CREATE FUNCTION segments_called(called text) RETURNS bigint[]
    LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
    BEGIN
      RETURN ARRAY(SELECT id FROM segments WHERE lower(alias COLLATE "C") = called);
    END $$;
    """
}
