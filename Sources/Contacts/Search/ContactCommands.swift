import Postgres
import Query

/// The commands of the contact search that are not columns (contacts.md 11.3).
enum ContactCommands {
  /// Commands of other modules: they match nothing until a module provides them.
  static let awaited = [
    "segment", "common", "import_id", "import_action", "campaign", "email_sent", "email_read",
    "email_queued", "email_pending", "sms_sent", "web_sent",
    "mobile_sent", "page_source", "page_source_id", "page_id",
  ]

  static func all(_ list: ListQuery) -> [String: SearchCommand] {
    var commands: [String: SearchCommand] = [
      "name": { text, _ in
        .any(
          ["firstname", "lastname"].compactMap { name in
            list.column(named: name).map { ListQuery.find($0, text, at: .beginning) }
          })
      },
      "company": { text, _ in .ids(companies(text)) },
      "company_id": { text, _ in
        .ids("SELECT contact_id FROM contact_companies WHERE company_id = ANY (\(text.numbers))")
      },
      "owner": { text, _ in .when(owners(text)) },
      "ip": { text, _ in .ids(addresses(text)) },
      "tag": { text, _ in .ids(tags(text)) },
      "stage": { text, _ in
        let name = QueryColumn("name", .text, of: "stages")
        return .when(
          """
          contacts.stage_id IN
            (SELECT id FROM stages WHERE \(sql: name.matches(TextPattern(text, at: .beginning))))
          """)
      },
      "dnc": { text, _ in .ids(doNotContact(text.value.lowercased())) },
    ]
    for name in awaited { commands[name] = { _, _ in .nothing } }
    return commands
  }

  private static func companies(_ text: SearchText) -> SQL {
    let name = QueryColumn(
      "companyname", .text, of: "companies", index: .identity(shared: "companies"))
    return """
      SELECT contact_id FROM contact_companies WHERE company_id IN
        (SELECT id FROM companies WHERE \(sql: name.matches(TextPattern(text, at: .beginning))))
      """
  }

  private static func owners(_ text: SearchText) -> SQL {
    let pattern = TextPattern(text, at: .beginning)
    let first = QueryColumn("first_name", .text, of: "users").matches(pattern)
    let last = QueryColumn("last_name", .text, of: "users").matches(pattern)
    return """
      contacts.owner_id IN (SELECT id FROM users WHERE \(sql: first) OR \(sql: last))
      """
  }

  private static func addresses(_ text: SearchText) -> SQL {
    let address = QueryColumn(
      "address", .text, sql: "host(ip_addresses.address)", index: .search)
    return """
      SELECT contact_id FROM contact_ips WHERE ip_id IN
        (SELECT id FROM ip_addresses
          WHERE \(sql: address.matches(TextPattern(text, at: .beginning))))
      """
  }

  private static func tags(_ text: SearchText) -> SQL {
    let tag = QueryColumn("tag", .text, of: "tags")
    return """
      SELECT contact_id FROM contact_tags WHERE tag_id IN
        (SELECT id FROM tags WHERE \(sql: tag.matches(TextPattern(text, at: .beginning))))
      """
  }

  private static func doNotContact(_ channel: String) -> SQL {
    channel == "any"
      ? "SELECT contact_id FROM do_not_contact"
      : "SELECT contact_id FROM do_not_contact WHERE channel = \(channel)"
  }
}
