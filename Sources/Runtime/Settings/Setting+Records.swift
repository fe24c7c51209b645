extension Setting where Value == Bool {
  /// Whether a contact may belong to several companies (CON-30).
  package static let contactAllowMultipleCompanies = flag(
    "contact_allow_multiple_companies", true,
    effect: "whether a contact may belong to several companies; if not, a new one replaces the old")

  /// Whether one equal unique identifier is enough for two companies to be the same (CON-36).
  package static let companyMatchesAnyIdentifier = flag(
    "company_matches_any_identifier", false,
    effect: "whether companies are the same if one unique identifier is equal (OR), not all (AND)")

  /// Whether new fields wait for a job that prepares their storage (CON-27).
  package static let createFieldsInBackground = flag(
    "create_fields_in_background", false,
    effect: "whether a new field is listed but unpublished until a job has built its indexes")

  static func flag(
    _ name: String, _ standard: Bool, effect: String, atStart isReadAtStart: Bool = false
  ) -> Setting<Bool> {
    Setting<Bool>(
      name: name, standard: standard, type: "true or false", effect: effect, shape: .flag,
      isReadAtStart: isReadAtStart,
      read: { Bool($0) }, write: { String($0) })
  }
}
