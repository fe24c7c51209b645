package import Foundation

/// A stage with everything that its own resource shows (api.md 8.11).
package struct StageRecord: Sendable, Identifiable, Equatable {
  /// What contacts show of it.
  package var stage: Stage
  /// The category it is filed under.
  package var category: Category?
  /// From when on it is in use.
  package var publishUp: Date?
  /// Until when it is in use.
  package var publishDown: Date?
  /// Whether it is in use.
  package var isPublished: Bool
  /// When it was made and changed.
  package var dates: RecordDates

  /// The stage's id.
  package var id: Int64 { stage.id }
}

/// What is to be written of a stage; `nil` leaves a member as it is.
package struct StageInput: Sendable {
  /// The name, 1 to 191 characters.
  package var name: String?
  /// The place among the stages, which no other has; without one a new stage gets the next free.
  package var weight: Int?
  /// What it is for; an empty text is none.
  package var description: String?
  /// The category; `.some(nil)` none.
  package var category: Int64??
  /// From when on it is in use; `.some(nil)` always.
  package var publishUp: Date??
  /// Until when it is in use; `.some(nil)` for ever.
  package var publishDown: Date??
  /// Whether it is in use.
  package var isPublished: Bool?

  /// Nothing.
  package init() {}
}
