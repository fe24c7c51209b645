/// What a worker and a scheduler need to know to keep segments' members.
public enum SegmentJobs {
  /// The queue of full rebuilds.
  public static let rebuildQueue = "segments"
  /// The queue of the live refresh.
  public static let refreshQueue = "refresh"
}
