public import Postgres

/// The tables of e-mails and of what is sent.
public enum MailMigrations {
  /// All migrations of this module, in the order in which they apply.
  public static let all: [Migration] = []
}
