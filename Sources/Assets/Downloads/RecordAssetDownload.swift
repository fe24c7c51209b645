import JobQueue

/// Gives the points for a download, and tells campaigns of it.
struct RecordAssetDownload: DurableJob {
  static let name = "assets.download"
  static let queue = AssetJobs.queue

  /// The id of the download.
  var download: Int64
}
