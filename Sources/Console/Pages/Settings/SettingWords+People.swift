extension SettingWords {
  /// What settings of records and of the installation are called.
  static let people: [String: Words] = [
    "time_zone": (
      "Time zone",
      "Dates and times that name no zone are meant in this one."
    ),
    "audit_retention_days": (
      "Days the audit log is kept",
      "0 keeps it for ever."
    ),
    "trusted_proxies": (
      "Trusted proxies",
      "Addresses and networks of your reverse proxies, one a line. Only they may say which address a client has."
    ),
    "webhook_allow_private": (
      "Webhooks to private addresses",
      "Lets webhooks go to loopback, link-local and private networks."
    ),
    "asset_size_limit": (
      "Largest file, in bytes",
      "For assets and pictures."
    ),
    "allowed_extensions": (
      "Kinds of files",
      "Extensions that may be uploaded, one a line. Leave pages and scripts out: files come from this address."
    ),
    "contact_matches_any_identifier": (
      "One equal identifier makes two contacts the same",
      "If off, all unique fields that are given must agree."
    ),
    "company_matches_any_identifier": (
      "One equal identifier makes two companies the same",
      "If off, all unique fields must agree."
    ),
    "contact_allow_multiple_companies": (
      "Contacts may belong to several companies",
      "If off, a new company takes the place of the old one."
    ),
    "create_fields_in_background": (
      "Prepare new fields in the background",
      "A new field waits unpublished until its indexes are built."
    ),
    "segments_exclude_visitors": (
      "Keep unknown visitors out of segments",
      "Segments with filters then hold identified contacts alone."
    ),
    "segment_rebuild_interval": (
      "Minutes between looks for segments to rebuild",
      ""
    ),
    "segment_stale_hours": (
      "Hours until an overdue segment is flagged",
      "A segment whose rebuild is overdue for so long gets a warning."
    ),
    "segment_slow_seconds": (
      "Seconds until a slow segment is flagged",
      "A segment whose rebuild takes longer gets a warning."
    ),
    "parallel_import_limit": (
      "Imports at once",
      "Of one kind of record; a further one waits."
    ),
    "background_import_if_more_rows_than": (
      "Rows from which an import runs in the background",
      "0 for no limit."
    ),
    "import_size_limit": (
      "Largest file of an import, in bytes",
      "As sent and as unpacked."
    ),
    "export_days": (
      "Days the file of an export is kept",
      ""
    ),
    "export_limit": (
      "Most contacts of an export",
      "0 for no limit."
    ),
    "parallel_export_limit": (
      "Exports at once",
      "Of one user; a further one waits."
    ),
    "campaign_retry_interval": (
      "Seconds until a failed action is tried again",
      "0 never tries again."
    ),
    "campaign_max_attempts": (
      "Attempts at an action",
      "After so many a failing action is given up."
    ),
    "campaign_restart_pause": (
      "Seconds until a contact may begin again",
      "So long after an exit a campaign takes a contact back by itself."
    ),
  ]
}
