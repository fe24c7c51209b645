package import Fields
import Foundation
package import JobQueue
import Postgres
package import Users

/// Writes fields and scores of sets of companies on behalf of the system. Requests for one company
/// go through ``CompanyStore``, imports through COPY.
package enum CompanyFields {
  /// Writes field values like any other save of a company: values no longer offered as choices are
  /// dropped (CON-26), the change is audited, and contacts of which it is the primary company are
  /// marked for segments. Companies that already have the values are left alone.
  ///
  /// The name is not written: another name for a contact means another company (CON-34).
  ///
  /// - Parameters:
  ///   - values: The values by field, the same for all companies.
  ///   - companies: Ids of companies; unknown ones are left out. They stay locked until the
  ///     transaction ends; callers that lock contacts too must lock them before.
  ///   - fields: The field definitions.
  ///   - author: The author of the change.
  ///   - transaction: The transaction.
  /// - Returns: The companies that changed, in order.
  /// - Throws: `PostgresError`.
  @discardableResult
  package static func write(
    _ values: [CompanyValue], to companies: [Int64], fields: FieldSet, author: Author,
    in transaction: Transaction
  ) async throws -> [Int64] {
    let values = values.filter { $0.field.alias != "companyname" }
    guard !values.isEmpty, !companies.isEmpty else { return [] }
    var update = ColumnUpdate()
    var entries: [AuditLog.Entry] = []
    for company in try await CompanyFieldStore.lock(
      companies, fields: fields.company, on: transaction.connection)
    {
      var form = CompanyForm(values, fields)
      form.dropStaleChoices(of: company)
      let changes = CompanyChanges(company, form, CompanyInput(), replacing: false)
      guard !changes.isEmpty else { continue }
      update.add(
        company.id,
        changes.values.map {
          ColumnValue(name: $0.field.column, type: $0.field.columnType, canonical: $0.canonical)
        })
      entries.append(
        .init("update", "company", company.id, bundle: "lead", details: .object(changes.details)))
    }
    guard !update.ids.isEmpty else { return [] }
    // Several companies with one identifier share it.
    let identifies = values.contains { $0.field.isUniqueIdentifier && $0.canonical != nil }
    try await CompanyFieldStore.write(
      update,
      isShared: identifies && update.ids.count > 1
        ? "true" : CompanyIdentity.isShared(values, except: update.ids[0]),
      author: author, in: transaction)
    try await AuditLog.write(entries, by: author, in: transaction)
    try await CompanyFieldStore.markContacts(of: update.ids, in: transaction)
    return update.ids
  }
}

/// Scores of companies.
package enum CompanyScores {
  /// Adds to the scores of all companies of contacts, once for each contact (CON-39). Results are
  /// clamped to the limit of points (PTS-03).
  ///
  /// - Returns: The contacts that have a company.
  /// - Throws: `PostgresError`.
  @discardableResult
  package static func add(
    _ points: Int, toCompaniesOf contacts: [Int64], author: Author, in transaction: Transaction
  ) async throws -> Set<Int64> {
    guard points != 0, !contacts.isEmpty else { return [] }
    return try await CompanyFieldStore.addScore(
      points, toCompaniesOf: contacts, author: author, in: transaction)
  }
}
