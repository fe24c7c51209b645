/// The object type of the rows of a file.
package enum ImportObject: String, Sendable, Codable, CaseIterable {
  /// Contacts, `lead` in the database.
  case contact = "lead"
  /// Companies.
  case company

  /// Parses the name on the wire (`contact`, `company`) or Mautic's own (`lead`, plurals).
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
