package import Foundation
package import Primitives
package import Users

/// An organization that contacts belong to (contacts.md 4, api.md 8.7).
package struct Company: Sendable, Identifiable {
  /// The company's id.
  package var id: Int64
  /// Whether the record is in use.
  package var isPublished: Bool
  /// The time of creation.
  package var dateAdded: Date
  /// The time of the last change.
  package var dateModified: Date?
  /// The user who created it.
  package var createdBy: Int64?
  /// The name of that user at the time.
  package var createdByUser: String?
  /// The user who last changed it.
  package var modifiedBy: Int64?
  /// The name of that user at the time.
  package var modifiedByUser: String?
  /// The points of the company; may be negative.
  package var score: Int
  /// The owner of the company.
  package var owner: UserReference?
  /// The values of all published company fields.
  package var fields: FieldValues

  /// The name; empty for companies without one.
  package var name: String { fields["companyname"]?.text ?? "" }
}

/// The input for writing a company.
package struct CompanyInput: Sendable {
  /// The values by alias of a company field. Unknown names are ignored (api.md 1, rule 4).
  package var values: [String: JSONValue] = [:]
  /// The owner; `.some(nil)` removes it, `nil` leaves it unchanged.
  package var owner: Int64??
  /// The points; `nil` leaves them unchanged.
  package var score: Int?
  /// Whether the record is in use; `nil` leaves it unchanged.
  package var isPublished: Bool?
  /// Whether empty values clear stored ones, as they always do with `PUT`.
  package var overwritesWithBlank = false

  /// Creates an empty input.
  package init() {}
}
