package import Postgres

/// The tables of contacts and of what hangs on them, as ordered migrations.
///
/// The migrations of `Users` come first: contacts name users as owners and authors.
///
/// Three decisions run through the whole schema:
///
/// - **Typed columns.** Every field, standard or custom, is a column of its own type in `contacts` or
///   `companies`, named by the field's alias, so that filters and sorting are typed.
/// - **No foreign keys on tables keyed by contact.** Their per-row triggers would halve the speed of
///   an import, and hash partitioning by contact wants none. Whoever adds a row for a contact holds a
///   lock on the contact's row or has just created it; `delete_contacts` takes the children along,
///   whose tables are listed in `contact_children`.
/// - **`contact_id` leads the primary key** of every table keyed by contact, so that they can be
///   partitioned by it.
package enum ContactsMigrations {
  /// All migrations of this module, in the order in which they apply.
  package static let all: [Migration] = [
    Migration("contacts.001-fields", fieldsTable),
    Migration("contacts.002-standard-fields", standardFields),
    Migration("contacts.003-contacts", contactsTable),
    Migration("contacts.004-companies", companiesTable),
    Migration("contacts.005-tags-stages-segments", groupingTables),
    Migration("contacts.006-channels-and-logs", channelAndLogTables),
    Migration("contacts.007-functions", functions),
    Migration("contacts.008-changes-and-records", changesAndRecords),
    Migration("contacts.011-history", historyTables),
    Migration("contacts.012-search-statistics", searchStatistics),
    Migration("contacts.013-segment-counts", segmentCounts),
    Migration("contacts.014-import-rows", importRows),
    Migration("contacts.015-contact-children", contactChildren),
    Migration("contacts.016-points-and-stages", pointsAndStages),
    Migration("contacts.017-activity-of-all", activityOfAll),
    // Clients compare the query with what they have sent, the order of its members included (api.md 8.1).
    Migration(
      "contacts.018-utm-queries", "ALTER TABLE utm_tags ALTER COLUMN query TYPE json;"),
    Migration("contacts.019-activity-of-known", activityOfKnown),
  ]
}
