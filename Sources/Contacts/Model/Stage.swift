/// A step that contacts pass through.
package struct Stage: Sendable, Identifiable, Equatable {
  /// The stage's id.
  package var id: Int64
  package var name: String
  /// The position among the stages; unique.
  package var weight: Int
  /// The description.
  package var description: String?
  /// The category.
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

/// A stage by id or by name (CON-14).
package enum StageReference: Sendable, Equatable {
  case id(Int64)
  case name(String)
}
