import JobQueue

/// Deletes uploaded files that nobody has.
struct PruneMedia: DurableJob {
  static let name = "assets.prune"
  static let queue = AssetJobs.queue
}
