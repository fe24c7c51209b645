/// The jobs of segments.
package enum SegmentJobs {
  /// The queue of full rebuilds.
  package static let rebuildQueue = "segments"
  /// The queue of the live refresh.
  package static let refreshQueue = "refresh"

  /// The refreshes that run in one process at once. Others find it full and leave the work to them, so that
  /// a backlog of marks does not take all of a worker.
  static let refreshesPerProcess = 2
}
