public import Foundation

/// A stage with everything that its own resource shows (api.md 8.11).
public struct StageRecord: Sendable, Identifiable, Equatable {
  /// What contacts show of it.
  public var stage: Stage
  /// The category it is filed under.
  public var category: Category?
  /// From when on it is in use.
  public var publishUp: Date?
  /// Until when it is in use.
  public var publishDown: Date?
  /// Whether it is in use.
  public var isPublished: Bool
  /// When it was made and changed.
  public var dates: RecordDates

  /// The stage's number.
  public var id: Int64 { stage.id }
}

/// What is to be written of a stage; `nil` leaves a member as it is.
public struct StageInput: Sendable {
  /// The name, 1 to 191 characters.
  public var name: String?
  /// The place among the stages, which no other has; without one a new stage gets the next free.
  public var weight: Int?
  /// What it is for; an empty text is none.
  public var description: String?
  /// The category; `.some(nil)` none.
  public var category: Int64??
  /// From when on it is in use; `.some(nil)` always.
  public var publishUp: Date??
  /// Until when it is in use; `.some(nil)` for ever.
  public var publishDown: Date??
  /// Whether it is in use.
  public var isPublished: Bool?

  /// Nothing.
  public init() {}
}
