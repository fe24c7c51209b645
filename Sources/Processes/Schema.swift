import API
import Assets
import Campaigns
import Channels
import Contacts
import DynamicContents
import Exports
import Focus
import Forms
import Imports
import JobQueue
import Mail
import OAuth
import OpenID
import Pages
import Points
package import Postgres
import Reports
import Runtime
import Segments
import Themes
import Tracking
import Users
import Webhooks

/// The database's schema: the migrations of every module, lower modules first.
package enum Schema {
  /// All migrations, in the order in which they run.
  package static let all: [Migration] =
    JobQueueSchema.migrations + Settings.migrations + UsersMigrations.all
    + OAuthMigrations.all + contacts + AuditMigrations.all + SegmentsMigrations.all
    + ImportMigrations.all
    + ExportsMigrations.all + APIMigrations.all + PointsMigrations.all + MailMigrations.all
    + CampaignsMigrations.all + FormsMigrations.all + WebhooksMigrations.all
    + AssetsMigrations.all + TrackingMigrations.all + PagesMigrations.all
    + DynamicContentsMigrations.all + FocusMigrations.all + ChannelsMigrations.all
    + ThemesMigrations.all + ReportsMigrations.all + OpenIDMigrations.all

  /// The tables of contacts, with the first tables of the modules above.
  private static let contacts = ContactsMigrations.all(
    segments: SegmentsMigrations.inContacts, imports: ImportMigrations.inContacts,
    points: PointsMigrations.inContacts)

  /// Runs them; safe from many machines at once.
  package static var migrator: Migrator { Migrator(all) }

  /// The migrations that have not run on this database yet.
  /// - Throws: The database's error.
  package static func pending(on pool: PostgresPool) async throws -> [String] {
    try await migrator.status(on: pool).filter { $0.isKnown && $0.appliedAt == nil }.map(\.name)
  }
}

/// Migrations have not run yet; a process that is waiting for them says so.
struct MigrationsPending: Error, CustomStringConvertible {
  let names: [String]

  var description: String {
    "\(names.count) migrations have not run (\(names.first ?? "") first); run `martlet migrate`"
  }
}
