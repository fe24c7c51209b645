/// A category of records of one kind; contacts can subscribe to global ones (api.md 9).
package struct Category: Sendable, Identifiable, Equatable {
  /// The category's id.
  package var id: Int64
  /// The display name.
  package var title: String
  /// The name in searches, unique within the bundle.
  package var alias: String
  /// The description.
  package var description: String?
  /// The color as hexadecimal digits.
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
  /// The display name.
  package var title: String
  /// The name in searches.
  package var alias: String
  /// The description.
  package var description: String?
  /// The color as hexadecimal digits.
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

/// The input for writing a category; `nil` leaves a member unchanged.
package struct CategoryInput: Sendable {
  /// The name, 1 to 191 characters.
  package var title: String?
  /// The name in searches; derived from the title if there is none.
  package var alias: String?
  /// The description; an empty text removes it.
  package var description: String?
  /// The color as hexadecimal digits; an empty text removes it.
  package var color: String?
  /// The kind of records, 1 to 50 characters.
  package var bundle: String?
  /// Whether it is in use.
  package var isPublished: Bool?

  /// Creates an empty input.
  package init() {}
}

/// The error for a category that is named but does not exist.
package struct UnknownCategory: Error, Sendable, Equatable, CustomStringConvertible {
  /// The unknown id.
  package var id: Int64

  /// Creates an error for an id.
  package init(_ id: Int64) { self.id = id }

  /// The message on the wire (api.md 5).
  package var description: String { "Category \(id) does not exist" }
}
