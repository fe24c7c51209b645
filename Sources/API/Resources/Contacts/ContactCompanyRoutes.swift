import Contacts
import Fields
import Foundation
import Hummingbird

/// `/api/contacts/{id}/companies`: rows as the table has them, all values texts (API page, 8.2).
struct ContactCompanyRoutes: Sendable {
  let contacts: ContactStore
  let companies: CompanyStore

  var routes: [Route] {
    [
      Route(.get, "/api/contacts/{id}/companies", needs: .on(.contact, .view)) { request in
        let id = try request.id
        guard try await contacts.contact(id) != nil else { throw APIError.notFound }
        let rows = try await companies.companies(of: id)
        return APIResponse(json: [
          "total": .int(rows.count),
          "companies": .array(rows.map { Self.row($0.company, isPrimary: $0.isPrimary) }),
        ])
      }.described("List the companies of a contact", answer: "total:integer companies:list")
    ]
  }

  private static func row(_ company: Company, isPrimary: Bool) -> JSONValue {
    func date(_ date: Date?) -> JSONValue { JSONValue(date.map { FieldValue.instant($0).text }) }
    func number(_ number: Int64?) -> JSONValue { JSONValue(number.map { String($0) }) }
    var row: JSONObject = [
      "id": number(company.id), "is_published": company.isPublished ? "1" : "0",
      "date_added": date(company.dateAdded), "created_by": number(company.createdBy),
      "created_by_user": JSONValue(company.createdByUser),
      "date_modified": date(company.dateModified), "modified_by": number(company.modifiedBy),
      "modified_by_user": JSONValue(company.modifiedByUser),
      "owner_id": number(company.owner?.id), "score": number(Int64(company.score)),
    ]
    for (field, value) in company.fields { row.append(field.alias, JSONValue(value?.text)) }
    row.append("is_primary", isPrimary ? "1" : "0")
    return .object(row)
  }
}
