package import Contacts
import Imports
import Points
package import Postgres
import Segments

extension ContactsMigrations {
  /// All migrations of contacts, with the first tables of the modules above.
  package static let all = ContactsMigrations.all(
    segments: SegmentsMigrations.inContacts, imports: ImportMigrations.inContacts,
    points: PointsMigrations.inContacts)
}
