import API
import Assets
import Campaigns
import JobQueue
import Primitives
import Runtime

extension Backends {
  /// Uploaded files, as the API and the workers see them.
  var assetServices: AssetServices {
    AssetServices(
      site: configuration.siteURL,
      files: MediaFileStore(transactions: jobs.transactions, objects: objects) {
        var assets = AssetSettings()
        assets.largestFile = Int64(try await settings.value(.assetSizeLimit))
        assets.extensions = Set(
          try await settings.value(.allowedExtensions).split(separator: ",")
            .map { $0.trimmingBlanks().lowercased() })
        return assets
      })
  }
}

/// Tells campaigns of downloads.
struct CampaignAssetObserver: AssetObserver {
  let campaigns: CampaignService

  func downloaded(_ download: AssetDownload, in transaction: Transaction) async throws {
    try await campaigns.record(
      [
        CampaignEngagement(
          type: "asset.download", contact: download.contact, at: download.at,
          objects: [download.asset])
      ], in: transaction)
  }
}
