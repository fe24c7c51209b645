/// The operator's rules for matching companies and for the number of companies per contact.
package struct CompanyRules: Sendable, Equatable {
  /// Whether a contact may belong to several companies; otherwise a new one replaces the old
  /// (CON-30).
  package var allowsSeveral = true
  /// Whether one matching unique identifier is enough for two companies to be the same (OR);
  /// otherwise all given ones must match (AND, CON-36).
  package var matchesAnyIdentifier = false

  /// Creates the default rules.
  package init() {}
}

/// A failed operation on a company.
package enum CompanyError: Error, Sendable, Equatable, CustomStringConvertible {
  /// There are no companies with these ids.
  case unknown([Int64])
  /// There are no contacts with these ids.
  case unknownContacts([Int64])
  /// Values are invalid: the problems, by member.
  case invalid([String: [String]])
  /// Other transactions kept creating and deleting the same company; try again.
  case busy

  /// The message for users.
  package var description: String {
    switch self {
    case .unknown(let ids):
      "there is no company \(ids.map(String.init).joined(separator: ", "))"
    case .unknownContacts(let ids):
      "there is no contact \(ids.map(String.init).joined(separator: ", "))"
    case .busy: "the company is busy; try again"
    case .invalid(let problems):
      problems.sorted { $0.key < $1.key }
        .map { "\($0.key): \($0.value.joined(separator: "; "))" }.joined(separator: ", ")
    }
  }
}
