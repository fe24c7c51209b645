package import Foundation

/// A stage with everything that its own resource shows (api.md 8.11).
package struct StageRecord: Sendable, Identifiable, Equatable {
  /// The stage as contacts show it.
  package var stage: Stage
  /// The category it is filed under.
  package var category: Category?
  /// The instant from which it is in use.
  package var publishUp: Date?
  /// The instant until which it is in use.
  package var publishDown: Date?
  /// Whether it is in use.
  package var isPublished: Bool
  /// The dates and authors of creation and change.
  package var dates: RecordDates

  /// The stage's id.
  package var id: Int64 { stage.id }
}

/// The input for writing a stage; `nil` leaves a member as it is.
package struct StageInput: Sendable {
  /// The name, 1 to 191 characters.
  package var name: String?
  /// The place among the stages, which no other has; without one a new stage gets the next free.
  package var weight: Int?
  /// The description; an empty text is none.
  package var description: String?
  /// The category; `.some(nil)` none.
  package var category: Int64??
  /// The instant from which it is in use; `.some(nil)` always.
  package var publishUp: Date??
  /// The instant until which it is in use; `.some(nil)` for ever.
  package var publishDown: Date??
  /// Whether it is in use.
  package var isPublished: Bool?

  /// An empty input.
  package init() {}
}
