import Fields

extension ContactsMigrations {
  /// Statistics on texts as searches compare them, so that the server can estimate the number of
  /// matches. They are gathered together with those of the columns and cost an import nothing,
  /// unlike an index: one more index on a text column slows loading by a fifth, and a trigram index
  /// eightfold.
  ///
  /// The statistics of the unique indexes themselves are useless for searches, since those indexes
  /// exclude contacts that share a value.
  static let searchStatistics =
    [
      "firstname", "lastname", "email", "company", "city", "state", "zipcode", "country",
      "facebook", "foursquare", "instagram", "linkedin", "skype", "twitter",
    ].map { FieldsMigrations.statistics(of: $0, in: "contacts") }.joined(separator: "\n")
    + "\n" + FieldsMigrations.statistics(of: "companyname", in: "companies")
}
