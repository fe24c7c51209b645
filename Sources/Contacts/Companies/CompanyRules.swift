/// The operator's rules for finding companies and for how many a contact may have.
package struct CompanyRules: Sendable, Equatable {
  /// Whether a contact may belong to several companies; if not, a new one replaces the old (CON-30).
  package var allowsSeveral = true
  /// Whether one equal unique identifier is enough for two companies to be the same (OR); otherwise all
  /// that are given must be equal (AND, CON-36).
  package var matchesAnyIdentifier = false

  /// The rules of a new system.
  package init() {}
}

/// A failed operation on a company.
package enum CompanyError: Error, Sendable, Equatable, CustomStringConvertible {
  /// There are no companies with these numbers.
  case unknown([Int64])
  /// There are no contacts with these numbers.
  case unknownContacts([Int64])
  /// Values that the fields do not take: what is wrong, by member.
  case invalid([String: [String]])
  /// Others created and deleted the same company all the time; try again.
  case busy

  /// The reason as people read it.
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
