package import Postgres

/// The tables of segments beyond their definitions and members, which `Contacts` has.
package enum SegmentsMigrations {
  /// All migrations of this module, in order; those of `Contacts` come first.
  package static let all: [Migration] = [
    Migration("segments.001-rebuilds", rebuildTables),
    Migration("segments.002-sweep", sweep),
    Migration("segments.003-version-at-commit", versionAtCommit),
    called,
  ]

  /// What the search for contacts within a segment needs, beyond the tables in `Contacts`.
  package static let called = Migration("segments.004-called", segmentsCalled)
}
