package import Postgres

/// The table of themes.
package enum ThemesMigrations {
  /// All migrations of this module, in the order in which they are applied.
  package static let all: [Migration] = [Migration("themes.001-themes", tables)]

  /// An archive is packed already: it is stored as it is.
  private static let tables = """
    CREATE TABLE themes (
      id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
      key text NOT NULL UNIQUE,
      name text NOT NULL,
      config jsonb NOT NULL,
      file bytea NOT NULL,
      date_added timestamptz NOT NULL,
      date_modified timestamptz,
      created_by bigint,
      created_by_user text,
      modified_by bigint,
      modified_by_user text
    );
    ALTER TABLE themes ALTER COLUMN file SET STORAGE EXTERNAL;
    """
}
