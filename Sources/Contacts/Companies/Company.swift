public import Foundation
public import Users

/// An organisation that contacts belong to (contacts.md 4, api.md 8.7).
public struct Company: Sendable, Identifiable {
  /// The company's number.
  public var id: Int64
  /// Whether the record is in use.
  public var isPublished: Bool
  /// When it was created.
  public var dateAdded: Date
  /// When it was changed last.
  public var dateModified: Date?
  /// The user who created it.
  public var createdBy: Int64?
  /// The name that user had.
  public var createdByUser: String?
  /// The user who changed it last.
  public var modifiedBy: Int64?
  /// The name that user had.
  public var modifiedByUser: String?
  /// Points of a company; may be negative.
  public var score: Int
  /// Who looks after the company.
  public var owner: UserReference?
  /// The values of all published company fields.
  public var fields: FieldValues

  /// The name; companies that lost theirs show as empty.
  public var name: String { fields["companyname"]?.text ?? "" }
}

/// What is to be written of a company.
public struct CompanyInput: Sendable {
  /// Values by alias of a company field. Other names are ignored (api.md 1, rule 4).
  public var values: [String: JSONValue] = [:]
  /// Who looks after it; `.some(nil)` nobody, `nil` as it is.
  public var owner: Int64??
  /// Points; `nil` as they are.
  public var score: Int?
  /// Whether the record is in use; `nil` as it is.
  public var isPublished: Bool?
  /// Whether empty values erase stored ones, which otherwise is so with `PUT` alone.
  public var overwritesWithBlank = false

  /// Nothing.
  public init() {}
}
