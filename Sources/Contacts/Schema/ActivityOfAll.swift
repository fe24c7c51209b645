extension ContactsMigrations {
  /// The indexes for the history of all contacts (CON-108). Rows are stored approximately in the
  /// order of their times, so that block ranges suffice, which cost writers nothing.
  ///
  /// - Parameter segments: The statements about segments.
  static func activityOfAll(segments: String) -> String {
    """
    CREATE INDEX contacts_added ON contacts USING brin (date_added) WITH (autosummarize = on);
    CREATE INDEX audit_log_date ON audit_log USING brin (date_added) WITH (autosummarize = on);
    CREATE INDEX contact_ips_date ON contact_ips USING brin (date_added) WITH (autosummarize = on);
    CREATE INDEX do_not_contact_log_date ON do_not_contact_log USING brin (date_added)
      WITH (autosummarize = on);
    \(segments)
    CREATE INDEX points_log_date ON points_log USING brin (date_added) WITH (autosummarize = on);
    """
  }

  /// The same for contacts that became known, which happens once per contact, and for campaign
  /// parameters.
  static let activityOfKnown = """
    CREATE INDEX contacts_identified ON contacts USING brin (date_identified)
      WITH (autosummarize = on);
    CREATE INDEX utm_tags_date ON utm_tags USING brin (date_added) WITH (autosummarize = on);
    """
}
