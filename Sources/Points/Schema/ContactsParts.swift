package import Contacts

extension PointsMigrations {
  /// The colours of contacts, a table that a migration of contacts creates.
  package static let inContacts = ContactsMigrations.PointTables(colors: colors)

  private static let colors = """
    -- The colours of point triggers that are in use, written by whoever keeps triggers.
    CREATE TABLE point_colors (
      trigger_id bigint PRIMARY KEY,
      points integer NOT NULL,
      color text NOT NULL
    );
    CREATE INDEX point_colors_points ON point_colors (points, trigger_id);
    """
}
