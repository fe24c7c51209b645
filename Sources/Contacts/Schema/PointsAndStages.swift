extension ContactsMigrations {
  /// The tables of points and stages beside contacts and logs.
  ///
  /// A contact's color is looked up by its points (``ContactColor``); the unused column is dropped.
  ///
  /// - Parameter points: The statements about point triggers.
  static func pointsAndStages(points: String) -> String {
    """
    -- The group whose score changed; null for the contact's points.
    ALTER TABLE points_log ADD COLUMN group_id bigint;
    \(points)
    ALTER TABLE contacts DROP COLUMN color;
    -- Changes of stages over time are counted by day (STG-18).
    CREATE INDEX stage_log_date ON stage_log USING brin (date_added);
    -- Rows of statistics are told apart by a number (api.md 8.14).
    ALTER TABLE frequency_rules ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY;
    ALTER TABLE contact_categories ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY;
    """
  }
}
