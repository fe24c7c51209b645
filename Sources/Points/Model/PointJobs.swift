/// The jobs of points.
package enum PointJobs {
  /// The queue that they run on.
  package static let queue = "points"

  /// The contacts that one job applies a trigger to, and the engagements or scores that one transaction removes.
  static let rangeSize = 5_000

  /// The days within which a repeated engagement counts once (PTS-11).
  static let engagementDays = 90
}
