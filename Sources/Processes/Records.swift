package import Contacts
import Runtime

extension Backends {
  /// The operator's settings for companies.
  /// - Throws: The database's error.
  package func companyRules() async throws -> CompanyRules {
    try await Self.companyRules(settings)
  }

  static func companyRules(_ settings: Settings) async throws -> CompanyRules {
    var rules = CompanyRules()
    rules.allowsSeveral = try await settings.value(.contactAllowMultipleCompanies)
    rules.matchesAnyIdentifier = try await settings.value(.companyMatchesAnyIdentifier)
    return rules
  }

  /// Whether contacts count as duplicates by all unique fields together or by any of them (CON-60).
  /// - Throws: The database's error.
  package func duplicateRule() async throws -> DuplicateRule {
    try await settings.value(.contactMatchesAnyIdentifier) ? .or : .and
  }

  /// The operator's settings for contacts.
  /// - Throws: The database's error.
  func contactSettings() async throws -> ContactSettings {
    var contacts = ContactSettings()
    contacts.matchesAnyIdentifier = try await settings.value(.contactMatchesAnyIdentifier)
    contacts.companies = try await companyRules()
    return contacts
  }
}
