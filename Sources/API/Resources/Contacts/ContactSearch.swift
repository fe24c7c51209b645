import Contacts
import Foundation
import Postgres

/// Turns a search string into a condition on contacts (API page, section 6).
struct ContactSearch {
  let fields: FieldSet
  /// Who searches, for `is:mine`.
  let user: Int64

  /// What a text without a command is looked for in.
  private static let mainColumns = ["firstname", "lastname", "email", "company", "city", "state"]

  /// The condition of a search string; nil where it asks for nothing.
  func condition(_ search: String?) -> SQL? {
    guard let search, let term = SearchTerm.parse(search) else { return nil }
    return sql(term)
  }

  private func sql(_ term: SearchTerm) -> SQL {
    switch term {
    case .all(let terms): "(\(sql: terms.map(sql).joined(separator: " AND ")))"
    case .any(let terms): "(\(sql: terms.map(sql).joined(separator: " OR ")))"
    case .not(let inner): "NOT coalesce(\(sql: sql(inner)), false)"
    case .text(let text): anywhere(text)
    case .command(let name, let text): command(name, text)
    }
  }

  /// What is no command is looked for as it was written.
  private func command(_ name: String, _ text: SearchText) -> SQL {
    switch name {
    case "ids": return "id = ANY(\(numbers(text)))"
    case "is": return state(text.value.lowercased()) ?? asWritten(name, text)
    case "owner": return owner(text)
    case "tag": return tagged(text)
    case "segment": return member(text.value)
    case "common": return memberOfAll(text)
    case "stage":
      return "stage_id IN (SELECT s.id FROM stages s WHERE s.name ILIKE \(prefix(text)))"
    case "import_id":
      return """
        EXISTS (SELECT FROM import_log l
          WHERE l.contact_id = contacts.id AND l.import_id = ANY(\(numbers(text))))
        """
    case "import_action": return imported(text.value.lowercased()) ?? asWritten(name, text)
    case "company_id":
      return """
        EXISTS (SELECT FROM contact_companies cc
          WHERE cc.contact_id = contacts.id AND cc.company_id = ANY(\(numbers(text))))
        """
    case "dnc": return doNotContact(text)
    case "ip":
      return """
        EXISTS (SELECT FROM contact_ips ci JOIN ip_addresses ip ON ip.id = ci.ip_id
          WHERE ci.contact_id = contacts.id AND host(ip.address) ILIKE \(prefix(text)))
        """
    default:
      guard let column = ContactColumn(name, fields: fields) else { return asWritten(name, text) }
      return field(column, text) ?? asWritten(name, text)
    }
  }

  private func asWritten(_ name: String, _ text: SearchText) -> SQL {
    anywhere(SearchText(value: "\(name):\(text.value)", isStrict: text.isStrict))
  }

  private func anywhere(_ text: SearchText) -> SQL {
    let pattern = text.pattern(addingBefore: true)
    let columns = Self.mainColumns.compactMap { fields[$0] }.filter(\.isPublished)
    guard !columns.isEmpty else { return "false" }
    return
      "(\(sql: columns.map { "coalesce(\(identifier: $0.column) ILIKE \(pattern), false)" as SQL }.joined(separator: " OR ")))"
  }

  /// Texts match from their beginning; numbers, dates and the like exactly. Nil where the text is no
  /// value of the column.
  private func field(_ column: ContactColumn, _ text: SearchText) -> SQL? {
    if column.kind == .text || column.kind == .list || text.hasWildcard {
      // A unique identifier is looked up through its index where the text says so.
      if text.isStrict, column.kind == .text { return exactly(column, text.value) }
      return "coalesce(\(sql: column.asText) ILIKE \(prefix(text)), false)"
    }
    return exactly(column, text.value)
  }

  private func exactly(_ column: ContactColumn, _ text: String) -> SQL? {
    do {
      return "\(sql: column.comparable) = \(sql: try column.value(text))"
    } catch {
      return nil
    }
  }

  private func prefix(_ text: SearchText) -> String { text.pattern(addingBefore: false) }

  private func numbers(_ text: SearchText) -> [Int64] {
    text.value.split(separator: ",").compactMap { Int64(String($0).trimmingBlanks) }
  }

  private func state(_ word: String) -> SQL? {
    switch word {
    case "published": "is_published"
    case "unpublished": "NOT is_published"
    case "anonymous": "date_identified IS NULL"
    case "unowned": "owner_id IS NULL"
    case "mine": "owner_id = \(user)"
    default: nil
    }
  }

  private func owner(_ text: SearchText) -> SQL {
    if let id = Int64(text.value) { return "owner_id = \(id)" }
    let pattern = prefix(text)
    return """
      owner_id IN (SELECT u.id FROM users u WHERE u.username ILIKE \(pattern)
        OR u.email ILIKE \(pattern) OR u.first_name ILIKE \(pattern) OR u.last_name ILIKE \(pattern))
      """
  }

  private func tagged(_ text: SearchText) -> SQL {
    """
    EXISTS (SELECT FROM contact_tags ct JOIN tags t ON t.id = ct.tag_id
      WHERE ct.contact_id = contacts.id AND t.tag ILIKE \(prefix(text)))
    """
  }

  private func imported(_ action: String) -> SQL? {
    guard let number = ["inserted": 1, "updated": 2][action] else { return nil }
    return """
      EXISTS (SELECT FROM import_log l
        WHERE l.contact_id = contacts.id AND l.action = \(number))
      """
  }

  /// `a+b`: in each of these segments.
  private func memberOfAll(_ text: SearchText) -> SQL {
    let aliases = text.value.split(separator: "+").map { String($0).trimmingBlanks }
    return aliases.isEmpty
      ? "false" : "(\(sql: aliases.map(member).joined(separator: " AND ")))"
  }

  private func member(_ segment: String) -> SQL {
    """
    EXISTS (SELECT FROM segment_members m JOIN segments s ON s.id = m.segment_id
      WHERE m.contact_id = contacts.id AND NOT m.manually_removed AND s.alias = \(segment))
    """
  }

  private func doNotContact(_ text: SearchText) -> SQL {
    let channel = text.value.lowercased()
    return """
      EXISTS (SELECT FROM do_not_contact d
        WHERE d.contact_id = contacts.id AND (\(channel) = 'any' OR d.channel = \(channel)))
      """
  }
}
