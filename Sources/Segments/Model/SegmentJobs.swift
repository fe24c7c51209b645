/// The jobs of segments.
package enum SegmentJobs {
  /// The queue of full rebuilds.
  package static let rebuildQueue = "segments"
  /// The queue of the live refresh.
  package static let refreshQueue = "refresh"

  /// The maximum number of refreshes that run in one process. Others leave the work to them, so that a
  /// backlog of marks does not occupy a whole worker.
  static let refreshesPerProcess = 2
}
