/// The jobs of points.
package enum PointJobs {
  /// The queue of the jobs of points.
  package static let queue = "points"

  /// The number of contacts that one job applies a trigger to, and of engagements or scores that one transaction
  /// removes.
  static let rangeSize = 5_000

  /// The number of days within which a repeated engagement counts once (PTS-11).
  static let engagementDays = 90
}
