/// The jobs of assets.
package enum AssetJobs {
  /// The queue of the jobs of assets.
  package static let queue = "assets"
}
