package import Fields
import Postgres
package import Query

extension ListQuery {
  /// Returns the list of contacts: its conditions refer to the table `contacts` by that name.
  ///
  /// - Parameters:
  ///   - fields: The field definitions; every published field of contacts is a column and a
  ///     command.
  ///   - commands: The commands of other modules, which override those of this one. The commands of
  ///     ``ContactCommands/awaited`` match nothing until a module provides them.
  package static func contacts(
    _ fields: FieldSet, commands: [String: SearchCommand] = [:]
  ) -> ListQuery {
    let published = fields.contact.map { QueryColumn($0) }
    let known = Set(published.map(\.name))
    let attributes = attributes.filter { !known.contains($0.name) }
    var list = ListQuery(
      from: "contacts", columns: attributes + published, mainColumns: mainColumns(fields),
      columnCommands: .beginning,
      newestFirst: true)
    list.commands = ContactCommands.all(list).merging(commands) { $1 }
    list.states = [
      "anonymous": { _ in "contacts.date_identified IS NULL" },
      "unowned": { _ in "contacts.owner_id IS NULL" },
      "mine": { "contacts.owner_id = \($0.user)" },
    ]
    list.own = { "contacts.owner_id = \($0.user)" }
    if let active = list.column(named: "last_active") {
      list.defaultOrder = [QueryOrder(active, isDescending: true)]
    }
    return list
  }

  /// Returns the columns searched for text without a command (CON-110).
  private static func mainColumns(_ fields: FieldSet) -> [String] {
    let standard: Set = [
      "firstname", "lastname", "email", "company", "city", "state", "zipcode", "country",
    ]
    return fields.contact.filter { field in
      field.type.isText && (field.group == .social || standard.contains(field.alias))
    }.map(\.column)
  }

  /// The columns of the record that are not fields, or are columns even if their field is
  /// unpublished.
  private static let attributes: [QueryColumn] = [
    QueryColumn("id", .integer, of: "contacts"),
    QueryColumn("is_published", .boolean, of: "contacts"),
    QueryColumn("owner_id", .integer, of: "contacts", otherNames: ["owner"]),
    QueryColumn("stage_id", .integer, of: "contacts", otherNames: ["stage"]),
    QueryColumn("points", .integer, of: "contacts"),
    QueryColumn("color", .text, sql: ContactColor.sql(of: "contacts")),
    QueryColumn("date_added", .instant, of: "contacts"),
    QueryColumn("date_modified", .instant, of: "contacts"),
    QueryColumn("date_identified", .instant, of: "contacts"),
    QueryColumn("last_active", .instant, of: "contacts"),
    QueryColumn("created_by", .integer, of: "contacts"),
    QueryColumn("created_by_user", .text, of: "contacts"),
    QueryColumn("modified_by", .integer, of: "contacts"),
    QueryColumn("modified_by_user", .text, of: "contacts"),
    QueryColumn("preferred_profile_image", .text, of: "contacts"),
  ]
}
