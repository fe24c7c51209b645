public import Postgres

/// The tables of point groups, actions and triggers.
public enum PointsMigrations {
  /// All migrations of this module, in the order in which they apply.
  public static let all: [Migration] = []
}
