import JobQueue

/// Removes the scores of a deleted group, in batches (PTS-07).
struct RemoveGroupScores: DurableJob {
  static let name = "points.remove"
  static let queue = PointJobs.queue

  var group: Int64
}
