import Fields
import Foundation
import Postgres

/// The existing fields, as an import needs them.
struct ImportFields: Sendable {
  let contacts: [Field]
  let companies: [Field]

  func catalog(_ object: ImportObject) -> ImportFieldCatalog {
    let own = (object == .contact ? contacts : companies).map { describe($0, .field) }
    let company = object == .contact ? companies.map { describe($0, .companyField) } : []
    return ImportFieldCatalog(object: object, fields: own + company)
  }

  private func describe(_ field: Field, _ kind: ImportField.Kind) -> ImportField {
    ImportField(
      alias: field.alias, label: field.label, type: field.type.rawValue, kind: kind,
      isUniqueIdentifier: field.isUniqueIdentifier, isRequired: field.isRequired)
  }
}
