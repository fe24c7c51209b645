import JobQueue

/// Deletes recorded engagements that can no longer repeat (PTS-11).
struct PruneEngagements: DurableJob {
  static let name = "points.prune"
  static let queue = PointJobs.queue
}
