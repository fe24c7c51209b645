public import Postgres

/// The tables of exports and of the files they made.
public enum ExportsMigrations {
  /// All migrations of this module, in the order in which they apply; those of `Contacts` come first.
  public static let all: [Migration] = []
}
