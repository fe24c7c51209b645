package import Fields
import Primitives
import Users

extension Field {
  /// Whether a value of the field identifies a contact, which makes an anonymous one known
  /// (CON-01).
  package var identifiesContact: Bool {
    object == .contact && (group == .social || Self.identifying.contains(alias))
  }

  private static let identifying: Set<String> = ["firstname", "lastname", "company", "email"]
}

extension AuditLog.Entry {
  /// Returns the audit entry of a contact that was seen at an address for the first time.
  static func addressAdded(_ address: String, to contact: Int64) -> AuditLog.Entry {
    AuditLog.Entry(
      "ipadded", "lead", contact, details: .object(["ipAddress": .string(address)]))
  }

  /// Returns the audit entry of a contact that becomes known (CON-03).
  static func identified(
    _ contact: Int64, details: [String: JSONValue] = [:]
  ) -> AuditLog.Entry {
    AuditLog.Entry("identified", "lead", contact, details: .object(details))
  }
}
