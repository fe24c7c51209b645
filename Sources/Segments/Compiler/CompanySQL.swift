import Postgres

/// Filters on the contact's primary company (segments.md 7).
enum CompanySQL {
  /// The condition for all company filters of a group, which test the same company (SEG-46).
  ///
  /// A contact without a company has every field missing (SEG-47), which some filters accept.
  static func condition(_ filters: [TypedFilter], _ scope: SQL) -> SQL {
    let conditions = filters.map { filter -> SQL in
      guard case .value(let value, let storage, let isNeverNull) = filter.subject.source else {
        // Only fields can belong to companies; special filters read rows of contacts.
        return "false"
      }
      return ValueSQL(value: value, storage: storage, isNeverNull: isNeverNull)
        .condition(filter.test)
    }
    let all: SQL = "(\(sql: conditions.joined(separator: " AND ")))"
    let rows: SQL = """
      contact_companies r JOIN companies k ON k.id = r.company_id
        WHERE r.contact_id = c.id AND r.is_primary\(sql: scope)
      """
    if filters.allSatisfy(\.test.acceptsMissing) {
      return "NOT EXISTS (SELECT FROM \(sql: rows) AND NOT \(sql: all))"
    }
    return "EXISTS (SELECT FROM \(sql: rows) AND \(sql: all))"
  }
}
