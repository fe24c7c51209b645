/// A drawer into which records of a kind are sorted; contacts subscribe to the global ones (api.md 9).
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
  /// When it was made and changed.
  public var dates: RecordDates
}

extension Category {
  /// The short form.
  public var summary: CategorySummary {
    CategorySummary(
      id: id, title: title, alias: alias, description: description, color: color, bundle: bundle)
  }
}

/// The short form of a category inside other records (api.md 4).
public struct CategorySummary: Sendable, Identifiable, Equatable {
  /// The category's number.
  public var id: Int64
  /// The name that people read.
  public var title: String
  /// The name in searches.
  public var alias: String
  /// What it is for.
  public var description: String?
  /// A colour as hex digits.
  public var color: String?
  /// The kind of records.
  public var bundle: String

  /// A category.
  public init(
    id: Int64, title: String, alias: String, description: String? = nil, color: String? = nil,
    bundle: String
  ) {
    self.id = id
    self.title = title
    self.alias = alias
    self.description = description
    self.color = color
    self.bundle = bundle
  }
}

/// What is to be written of a category; `nil` leaves a member as it is.
public struct CategoryInput: Sendable {
  /// The name, 1 to 191 characters.
  public var title: String?
  /// The name in searches; without one it is derived from the title.
  public var alias: String?
  /// What it is for; an empty text is none.
  public var description: String?
  /// A colour as hex digits; an empty text is none.
  public var color: String?
  /// The kind of records, 1 to 50 characters.
  public var bundle: String?
  /// Whether it is in use.
  public var isPublished: Bool?

  /// Nothing.
  public init() {}
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
