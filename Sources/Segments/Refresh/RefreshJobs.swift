import JobQueue

/// Does what marks of changed contacts ask for, until there are none. Safe to lose: marks stay, and a look
/// every few seconds finds them.
struct RefreshSegments: TransientJob {
  static let name = "segments.refresh"
  static let queue = SegmentJobs.refreshQueue
}

/// Looks for marks that nobody has been told of: their writer died, or Redis was emptied.
struct ReconcileChanges: DurableJob {
  static let name = "segments.look"
  static let queue = SegmentJobs.refreshQueue
}
