package import Foundation
package import Primitives
package import Users

/// An organisation that contacts belong to (contacts.md 4, api.md 8.7).
package struct Company: Sendable, Identifiable {
  /// The company's id.
  package var id: Int64
  /// Whether the record is in use.
  package var isPublished: Bool
  /// The instant of creation.
  package var dateAdded: Date
  /// The instant of the last change.
  package var dateModified: Date?
  /// The user who created it.
  package var createdBy: Int64?
  /// The name that user had.
  package var createdByUser: String?
  /// The user who changed it last.
  package var modifiedBy: Int64?
  /// The name that user had.
  package var modifiedByUser: String?
  /// Points of a company; may be negative.
  package var score: Int
  /// The owner of the company.
  package var owner: UserReference?
  /// The values of all published company fields.
  package var fields: FieldValues

  /// The name; companies that lost theirs show as empty.
  package var name: String { fields["companyname"]?.text ?? "" }
}

/// The input for writing a company.
package struct CompanyInput: Sendable {
  /// Values by alias of a company field. Other names are ignored (api.md 1, rule 4).
  package var values: [String: JSONValue] = [:]
  /// The owner of it; `.some(nil)` nobody, `nil` as it is.
  package var owner: Int64??
  /// Points; `nil` as they are.
  package var score: Int?
  /// Whether the record is in use; `nil` as it is.
  package var isPublished: Bool?
  /// Whether empty values erase stored ones, which otherwise is so with `PUT` alone.
  package var overwritesWithBlank = false

  /// An empty input.
  package init() {}
}
