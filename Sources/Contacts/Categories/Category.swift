public import Foundation

/// A drawer into which records of a kind are sorted; contacts subscribe to the global ones.
public struct Category: Sendable, Identifiable, Equatable {
  /// The category's number.
  public var id: Int64
  /// The name that people read.
  public var title: String
  /// The name in searches, unique within the bundle.
  public var alias: String
  /// What it is for.
  public var description: String?
  /// A colour as hex digits.
  public var color: String?
  /// The kind of records: `global`, `segment`, `stage`, … or any other text.
  public var bundle: String
  /// Whether it is in use.
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
}

/// A category that a record names does not exist.
public struct UnknownCategory: Error, Sendable, Equatable, CustomStringConvertible {
  /// The number that was given.
  public var id: Int64

  /// A number that is no category's.
  public init(_ id: Int64) { self.id = id }

  /// The words of the wire format (api.md 5).
  public var description: String { "Category \(id) does not exist" }
}
