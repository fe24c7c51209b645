/// A step that contacts pass through.
package struct Stage: Sendable, Identifiable, Equatable {
  /// The stage's id.
  package var id: Int64
  package var name: String
  /// The place among the stages; no two have the same.
  package var weight: Int
  /// The description.
  package var description: String?
  /// The category it is filed under.
  package var category: CategorySummary?

  package init(
    id: Int64, name: String, weight: Int, description: String? = nil,
    category: CategorySummary? = nil
  ) {
    self.id = id
    self.name = name
    self.weight = weight
    self.description = description
    self.category = category
  }
}

/// A stage by number, or by name (CON-14).
package enum StageReference: Sendable, Equatable {
  case id(Int64)
  case name(String)
}
