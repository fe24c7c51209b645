extension ContactsMigrations {
  /// Statistics on texts as searches compare them, so that the server can tell a search that finds few
  /// from one that finds many. They are gathered together with those of the columns and cost an import
  /// nothing, unlike an index: one more index on a text column makes loading a fifth slower, and one of
  /// trigrams for what contains a text eight times.
  ///
  /// The statistics of the unique indexes themselves are of no use for searches, since those indexes leave
  /// out who shares a value.
  static let searchStatistics =
    [
      "firstname", "lastname", "email", "company", "city", "state", "zipcode", "country",
      "facebook", "foursquare", "instagram", "linkedin", "skype", "twitter",
    ].map { statistics(of: $0, in: "contacts") }.joined(separator: "\n")
    + "\n" + statistics(of: "companyname", in: "companies")

  /// A statement that gathers statistics on a text column as it is compared. The names are the program's
  /// own, or a field's alias.
  static func statistics(of column: String, in table: String) -> String {
    """
    CREATE STATISTICS IF NOT EXISTS "\(table)_key_\(column)"
      ON (lower("\(column)" COLLATE "C")) FROM "\(table)";
    """
  }
}
