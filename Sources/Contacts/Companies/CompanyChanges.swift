import Fields
import Postgres
import Primitives

/// The actual changes of an edit of a company.
struct CompanyChanges {
  /// The field values that differ.
  private(set) var values: [CompanyValue] = []
  /// The old and new values by name, for the audit log.
  private(set) var details: [String: JSONValue] = [:]
  private var columns: [SQL] = []

  init(_ before: Company, _ form: CompanyForm, _ input: CompanyInput, replacing: Bool) {
    for (field, canonical) in form.values {
      let old = before.fields[field.alias]
      let new = canonical.flatMap { FieldValue(canonical: $0, type: field.type) }
      guard old != new else { continue }
      values.append((field, canonical))
      columns.append(
        """
        \(identifier: field.column) = \(canonical)::text::\(sql: SQL(unsafeText: field.columnType))
        """)
      note(field.alias, old.map { .string($0.text) }, new.map { .string($0.text) })
    }
    // Members that a PUT omits are reset to their defaults.
    let score = input.score ?? (replacing ? 0 : before.score)
    if score != before.score {
      columns.append("score = \(score)::integer")
      note("score", .integer(Int64(before.score)), .integer(Int64(score)))
    }
    let owner = input.owner ?? (replacing ? nil : before.owner?.id)
    if owner != before.owner?.id {
      columns.append("owner_id = \(owner)::bigint")
      note("owner", before.owner.map { .integer($0.id) }, owner.map { .integer($0) })
    }
    let isPublished = input.isPublished ?? (replacing || before.isPublished)
    if isPublished != before.isPublished {
      columns.append("is_published = \(isPublished)")
      note("isPublished", .boolean(before.isPublished), .boolean(isPublished))
    }
  }

  var isEmpty: Bool { columns.isEmpty }

  /// The assignments after `SET`.
  var assignments: SQL { columns.joined(separator: ", ") }

  private mutating func note(_ name: String, _ old: JSONValue?, _ new: JSONValue?) {
    details[name] = .array([old ?? .null, new ?? .null])
  }
}
