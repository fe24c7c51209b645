package import Contacts
import Runtime

extension Backends {
  /// How equal contacts have to be to count as the same (CON-60).
  /// - Returns: What `martlet settings` says.
  /// - Throws: The database's error.
  package func duplicateRule() async throws -> DuplicateRule {
    try await settings.value(.contactMatchesAnyIdentifier) ? .or : .and
  }

  /// What holds for contacts now.
  /// - Returns: The defaults with what `martlet settings` says.
  /// - Throws: The database's error.
  func contactSettings() async throws -> ContactSettings {
    var contacts = ContactSettings()
    contacts.matchesAnyIdentifier = try await settings.value(.contactMatchesAnyIdentifier)
    contacts.companies = try await companyRules()
    return contacts
  }
}
