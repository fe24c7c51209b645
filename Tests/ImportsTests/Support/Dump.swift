import Foundation
import Postgres

@testable import Imports

/// Everything about contacts that an import may change, one line each, from the database and from
/// the reference alike.
enum Dump {
  static func of(_ bed: ImportBed, fields: [String]) async throws -> [String] {
    let values = fields.map { "COALESCE(c.\"\($0)\"::text, '~')" }.joined(separator: " || ',' || ")
    let day = "(extract(epoch FROM %) * 1000000)::bigint::text"
    func instant(_ column: String) -> String {
      "COALESCE(\(day.replacingOccurrences(of: "%", with: "c." + column)), '~')"
    }
    let text = """
      SELECT c.id || ' [' || \(values) || '] ' || \(instant("date_added")) || ' '
        || \(instant("date_modified")) || ' ' || \(instant("date_identified"))
        || ' owner ' || COALESCE(c.owner_id::text, '~')
        || ' stage ' || COALESCE((SELECT name FROM stages s WHERE s.id = c.stage_id), '~')
        || ' points ' || c.points || ' shared ' || c.identity_shared::text
        || ' tags ' || COALESCE((SELECT string_agg(t.tag, ',' ORDER BY t.tag COLLATE "C")
             FROM contact_tags x JOIN tags t ON t.id = x.tag_id WHERE x.contact_id = c.id), '')
        || ' companies ' || COALESCE((SELECT string_agg(o.companyname
             || CASE WHEN l.is_primary THEN '!' ELSE '' END, ',' ORDER BY o.companyname COLLATE "C")
             FROM contact_companies l JOIN companies o ON o.id = l.company_id
             WHERE l.contact_id = c.id), '')
        || ' dnc ' || COALESCE((SELECT reason FROM do_not_contact d WHERE d.contact_id = c.id), 0)
        || ' segments ' || COALESCE((SELECT string_agg(segment_id::text, ',' ORDER BY segment_id)
             FROM segment_members m WHERE m.contact_id = c.id AND manually_added), '')
        || ' log ' || COALESCE((SELECT string_agg(import_id || '.' || row_number || '.' || action,
             ',' ORDER BY import_id, row_number) FROM import_log g WHERE g.contact_id = c.id), '')
      FROM contacts c ORDER BY c.id
      """
    return try await bed.texts(SQL(unsafeText: text)).map { $0 ?? "" }
  }

  static func of(_ reference: Reference, fields: [String]) -> [String] {
    func instant(_ date: Date?) -> String {
      date.map { String(InstantText.microseconds($0)) } ?? "~"
    }
    return reference.contacts.sorted { $0.id < $1.id }.map { contact in
      let values = fields.map { contact.values[$0] ?? "~" }.joined(separator: ",")
      let companies = contact.companies.map { $0.name + ($0.name == contact.primary ? "!" : "") }
        .sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
      let tags = contact.tags.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
      return "\(contact.id) [\(values)] \(instant(contact.dateAdded)) "
        + "\(instant(contact.dateModified)) \(instant(contact.dateIdentified)) "
        + "owner \(contact.owner.map(String.init) ?? "~") stage \(contact.stage ?? "~") "
        + "points \(contact.points) shared \(contact.shared) tags \(tags.joined(separator: ",")) "
        + "companies \(companies.joined(separator: ",")) dnc \(contact.doNotEmail) "
        + "segments \(contact.segments.sorted().map(String.init).joined(separator: ",")) "
        + "log \(contact.log.joined(separator: ","))"
    }
  }
}
