/// What the rows of a file are.
package enum ImportObject: String, Sendable, Codable, CaseIterable {
  /// Contacts, `lead` in the database as everywhere.
  case contact = "lead"
  /// Companies.
  case company

  /// Understands the name of the wire (`contact`, `company`) and Mautic's own (`lead`, plurals).
  package init?(name: String) {
    switch name {
    case "contact", "contacts", "lead", "leads": self = .contact
    case "company", "companies": self = .company
    default: return nil
    }
  }

  /// The name on the wire.
  package var name: String { self == .contact ? "contact" : "company" }
}
