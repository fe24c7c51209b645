package import Fields
import JobQueue
import Postgres
package import Segments

extension SegmentUse {
  /// Campaigns with a segment as a source, which cannot be unpublished (SEG-91). When it is deleted they lose
  /// the source, and contacts held only by it exit (SEG-90, CAM-122).
  package static let campaigns = SegmentUse(kind: "campaigns") { segment, connection in
    try await CampaignReferenceStore.campaigns(fedBy: segment, on: connection)
  } drop: { segments, transaction in
    let campaigns = try await CampaignReferenceStore.dropSources(
      segments, on: transaction.connection)
    for campaign in campaigns.sorted() {
      try await CampaignUpdates.request(campaign, in: transaction)
    }
  }
}

extension SegmentUse {
  /// Campaigns whose actions and conditions name a segment. They need it only when they run, so that it may be unpublished.
  package static let campaignEvents = SegmentUse(
    kind: "campaignEvents", isGuarding: false
  ) { segment, connection in
    try await CampaignReferenceStore.campaigns(naming: segment, on: connection)
  }
}

extension FieldUse {
  /// Campaigns whose events read or write a field (CON-23).
  package static let campaigns = FieldUse("campaigns") { field, connection in
    try await CampaignReferenceStore.names(using: field, on: connection)
  }
}
