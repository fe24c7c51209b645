package import Foundation

/// A stage with everything that its own resource includes (api.md 8.11).
package struct StageRecord: Sendable, Identifiable, Equatable {
  /// The stage as included in contacts.
  package var stage: Stage
  /// The category.
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

/// The input for writing a stage; `nil` leaves a member unchanged.
package struct StageInput: Sendable {
  /// The name, 1 to 191 characters.
  package var name: String?
  /// The unique position among the stages; if missing, a new stage gets the next free one.
  package var weight: Int?
  /// The description; an empty text removes it.
  package var description: String?
  /// The category; `.some(nil)` removes it.
  package var category: Int64??
  /// The instant from which it is in use; `.some(nil)` removes the limit.
  package var publishUp: Date??
  /// The instant until which it is in use; `.some(nil)` removes the limit.
  package var publishDown: Date??
  /// Whether it is in use.
  package var isPublished: Bool?

  /// Creates an empty input.
  package init() {}
}
