import Fields
import Postgres
package import Query

/// A column that reports may show.
package struct ReportColumn: Sendable {
  /// The name on the wire: a prefix for the kind of record, and the column's own, such as `l.email`.
  package let name: String
  /// What users read.
  package let label: String
  /// The values, and how they are compared.
  package let column: QueryColumn

  /// The name without its prefix.
  package var bareName: String { column.name }
  /// The kind of the values.
  package var kind: QueryColumn.Kind { column.kind }

  /// Creates the column of a record.
  ///
  /// - Parameters:
  ///   - prefix: The prefix of its name.
  ///   - noun: What the label begins with; nil for nothing.
  package init(_ prefix: String, _ noun: String?, _ column: QueryColumn, label: String? = nil) {
    name = "\(prefix).\(column.name)"
    self.column = column
    let words = label ?? Self.words(column.name)
    self.label = noun.map { "\($0): \(words)" } ?? words
  }

  /// Creates the columns of a table.
  ///
  /// - Parameters:
  ///   - specification: Names separated by blanks, each with the kind of its values where it is no text: `#` for whole
  ///     numbers, `@` for instants, `?` for booleans.
  ///   - table: The table as named in the query.
  static func of(
    _ table: String, as prefix: String, _ noun: String, _ specification: String
  ) -> [ReportColumn] {
    specification.split(separator: " ").map { part in
      let kind: QueryColumn.Kind =
        switch part.last {
        case "#": .integer
        case "@": .instant
        case "?": .boolean
        default: .text
        }
      let name = String(kind == .text ? part : part.dropLast())
      return ReportColumn(prefix, noun, QueryColumn(name, kind, of: table))
    }
  }

  /// The columns of contacts: what every contact has, and the published fields.
  static func contacts(_ fields: FieldSet) -> [ReportColumn] {
    let attributes = of(
      "contacts", as: "l", "Contact",
      """
      id# points# owner_id# stage_id# date_added@ date_modified@ date_identified@ last_active@ \
      created_by# created_by_user is_published?
      """)
    return attributes + self.fields(fields.contact, as: "l", "Contact", beside: attributes)
  }

  /// The columns of companies.
  static func companies(_ fields: FieldSet) -> [ReportColumn] {
    let attributes = of(
      "companies", as: "comp", "Company",
      "id# score# owner_id# date_added@ date_modified@ created_by# created_by_user is_published?")
    return attributes + self.fields(fields.company, as: "comp", "Company", beside: attributes)
  }

  private static func fields(
    _ fields: [Field], as prefix: String, _ noun: String, beside others: [ReportColumn]
  ) -> [ReportColumn] {
    let known = Set(others.map(\.bareName))
    return fields.filter { !known.contains($0.column) }.map { field in
      ReportColumn(prefix, noun, QueryColumn(field), label: field.label)
    }
  }

  /// `date_added` as `Date added`.
  private static func words(_ name: String) -> String {
    let words = name.replacing("_", with: " ")
    return words.prefix(1).uppercased() + words.dropFirst()
  }
}
