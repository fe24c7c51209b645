package import Fields
import Postgres
package import Query

extension ListQuery {
  /// Returns the list of companies: its conditions refer to the table `companies` by that name
  /// (CON-117).
  package static func companies(_ fields: FieldSet) -> ListQuery {
    let attributes =
      [
        QueryColumn("id", .integer, of: "companies"),
        QueryColumn("owner_id", .integer, of: "companies", otherNames: ["owner"]),
        QueryColumn("score", .integer, of: "companies"),
      ] + published("companies")
    let main: Set = [
      "companyname", "companyemail", "companycity", "companystate", "companycountry",
    ]
    var list = ListQuery(
      columns: attributes + fields.company.map { QueryColumn($0) },
      mainColumns: fields.company.map(\.column).filter(main.contains),
      states: [
        "mine": { "companies.owner_id = \($0.user)" },
        "unowned": { _ in "companies.owner_id IS NULL" },
      ],
      own: { "companies.owner_id = \($0.user)" },
      columnCommands: .anywhere)
    if let name = list.column(named: "companyname") {
      list.commands["name"] = find(name, at: .anywhere)
    }
    return list
  }
}
