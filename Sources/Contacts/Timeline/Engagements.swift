/// The data of the engagement chart (CON-105): events and points gained.
package struct Engagements: Sendable, Equatable {
  /// The length of a step.
  package enum Unit: String, Sendable, CaseIterable {
    case day, week
  }

  /// One day or week.
  package struct Step: Sendable, Equatable {
    /// Its first day as `YYYY-MM-DD`, in UTC.
    package var day: String
    /// The number of events in it.
    package var engagements: Int
    /// The points gained in it, less those lost.
    package var points: Int

    package init(day: String, engagements: Int, points: Int) {
      self.day = day
      self.engagements = engagements
      self.points = points
    }
  }

  /// Every day or week of the period, oldest first, including those without events.
  package var steps: [Step]
}
