import API
package import Contacts
import Runtime

extension Backends {
  /// What `martlet settings` says about companies.
  /// - Returns: The defaults with what is set.
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

  /// What the API asks about fields and companies at each change.
  func recordSettings() -> RecordSettings {
    var records = RecordSettings()
    records.companies = { try await companyRules() }
    records.createsFieldsInBackground = { try await settings.value(.createFieldsInBackground) }
    return records
  }
}
