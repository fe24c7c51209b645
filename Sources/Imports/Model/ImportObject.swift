/// What the rows of a file are.
public enum ImportObject: String, Sendable, Codable, CaseIterable {
  /// Contacts, `lead` in the database as everywhere.
  case contact = "lead"
  /// Companies.
  case company

  /// Understands the name of the wire (`contact`, `company`) and Mautic's own (`lead`, plurals).
  public init?(name: String) {
    switch name {
    case "contact", "contacts", "lead", "leads": self = .contact
    case "company", "companies": self = .company
    default: return nil
    }
  }

  /// The name on the wire.
  public var name: String { self == .contact ? "contact" : "company" }
}
