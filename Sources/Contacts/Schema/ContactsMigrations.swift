import Fields
package import Postgres

/// The tables of contacts and related records, as ordered migrations.
///
/// The migrations of `Users` come first: contacts name users as owners and authors.
///
/// Three decisions apply to the whole schema:
///
/// - **Typed columns.** Every field, standard or custom, is a column of its own type in `contacts` or
///   `companies`, named by the field's alias, so that filters and sorting are typed.
/// - **No foreign keys on tables keyed by contact.** Their per-row triggers would halve the speed
///   of an import, and hash partitioning by contact excludes them. Writers of a row for a contact
///   have locked the contact's row or just inserted it; `delete_contacts` deletes the children,
///   whose tables are listed in `contact_children`.
/// - **`contact_id` leads the primary key** of every table keyed by contact, so that they can be
///   partitioned by it.
package enum ContactsMigrations {
  /// The statements of another module in migrations of this one: its first tables are older than
  /// its own list of migrations, and the text of an applied migration never changes.
  package struct SegmentTables: Sendable {
    /// Segments and their members (`contacts.005`).
    package var tables: String
    /// Filters, transitions and announcements (`contacts.008`).
    package var history: String
    /// Day counts in slots (`contacts.013`).
    package var dayCounts: String
    /// The index of transitions by instant (`contacts.017`).
    package var historyIndex: String

    package init(tables: String, history: String, dayCounts: String, historyIndex: String) {
      self.tables = tables
      self.history = history
      self.dayCounts = dayCounts
      self.historyIndex = historyIndex
    }
  }

  /// The same for imports.
  package struct ImportTables: Sendable {
    /// The rows that touched contacts (`contacts.006`).
    package var log: String
    /// Rows by blocks of ids (`contacts.014`).
    package var rows: String

    package init(log: String, rows: String) {
      self.log = log
      self.rows = rows
    }
  }

  /// The same for point triggers.
  package struct PointTables: Sendable {
    /// The colors of contacts (`contacts.016`).
    package var colors: String

    package init(colors: String) { self.colors = colors }
  }

  /// Returns all migrations of this module, in the order in which they are applied, with the
  /// statements of other modules that belong in them.
  package static func all(
    segments: SegmentTables, imports: ImportTables, points: PointTables
  ) -> [Migration] {
    FieldsMigrations.all + [
      Migration("contacts.003-contacts", contactsTable),
      Migration("contacts.004-companies", companiesTable),
      Migration("contacts.005-tags-stages-segments", groupingTables(segments: segments.tables)),
      Migration("contacts.006-channels-and-logs", channelAndLogTables(imports: imports.log)),
      Migration("contacts.007-functions", functions),
      Migration("contacts.008-changes-and-records", changesAndRecords(segments: segments.history)),
      Migration("contacts.011-history", historyTables),
      Migration("contacts.012-search-statistics", searchStatistics),
      Migration("contacts.013-segment-counts", segments.dayCounts),
      Migration("contacts.014-import-rows", importRows(imports: imports.rows)),
      Migration("contacts.015-contact-children", contactChildren),
      Migration("contacts.016-points-and-stages", pointsAndStages(points: points.colors)),
      Migration("contacts.017-activity-of-all", activityOfAll(segments: segments.historyIndex)),
      // Clients compare the query with what they sent, including the order of its members (api.md
      // 8.1).
      Migration(
        "contacts.018-utm-queries", "ALTER TABLE utm_tags ALTER COLUMN query TYPE json;"),
      Migration("contacts.019-activity-of-known", activityOfKnown),
      Migration("contacts.020-country-names", countryNames),
      Migration("contacts.021-suppressions", suppressions),
      Migration("contacts.022-record-counts", recordCounts),
      // Found by how they are written (contacts.md 11.3).
      Migration(
        "contacts.023-address-search",
        """
        CREATE INDEX ip_addresses_search ON ip_addresses (lower(left(host(address), 255) COLLATE "C"));
        """),
      // Places of addresses (tracking.md 16): which were looked up, and for which contacts they were looked at.
      Migration(
        "contacts.024-places",
        """
        ALTER TABLE ip_addresses ADD COLUMN located_at timestamptz;
        ALTER TABLE contact_ips ADD COLUMN is_located boolean NOT NULL DEFAULT false;
        CREATE INDEX contact_ips_waiting ON contact_ips (ip_id, contact_id) WHERE NOT is_located;
        """),
    ]
  }
}
