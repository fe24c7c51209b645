import Fields

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
    ].map { FieldsMigrations.statistics(of: $0, in: "contacts") }.joined(separator: "\n")
    + "\n" + FieldsMigrations.statistics(of: "companyname", in: "companies")
}
