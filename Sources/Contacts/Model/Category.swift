/// A drawer into which records of a kind are sorted; contacts subscribe to the global ones (api.md 9).
package struct Category: Sendable, Identifiable, Equatable {
  /// The category's id.
  package var id: Int64
  /// The name that people read.
  package var title: String
  /// The name in searches, unique within the bundle.
  package var alias: String
  /// The description.
  package var description: String?
  /// A colour as hex digits.
  package var color: String?
  /// The kind of records: `global`, `segment`, `stage`, … or any other text.
  package var bundle: String
  /// Whether it is in use.
  package var isPublished: Bool
  /// The dates and authors of creation and change.
  package var dates: RecordDates
}

extension Category {
  /// The short form.
  package var summary: CategorySummary {
    CategorySummary(
      id: id, title: title, alias: alias, description: description, color: color, bundle: bundle)
  }
}

/// The short form of a category inside other records (api.md 4).
package struct CategorySummary: Sendable, Identifiable, Equatable {
  /// The category's id.
  package var id: Int64
  /// The name that people read.
  package var title: String
  /// The name in searches.
  package var alias: String
  /// The description.
  package var description: String?
  /// A colour as hex digits.
  package var color: String?
  /// The kind of records.
  package var bundle: String

  package init(
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

/// The input for writing a category; `nil` leaves a member as it is.
package struct CategoryInput: Sendable {
  /// The name, 1 to 191 characters.
  package var title: String?
  /// The name in searches; without one it is derived from the title.
  package var alias: String?
  /// The description; an empty text is none.
  package var description: String?
  /// A colour as hex digits; an empty text is none.
  package var color: String?
  /// The kind of records, 1 to 50 characters.
  package var bundle: String?
  /// Whether it is in use.
  package var isPublished: Bool?

  /// An empty input.
  package init() {}
}

/// A category that a record names does not exist.
package struct UnknownCategory: Error, Sendable, Equatable, CustomStringConvertible {
  /// The number that was given.
  package var id: Int64

  /// A number that is no category's.
  package init(_ id: Int64) { self.id = id }

  /// The words of the wire format (api.md 5).
  package var description: String { "Category \(id) does not exist" }
}
