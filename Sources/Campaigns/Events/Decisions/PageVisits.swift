package import JobQueue
package import Tracking

/// Resolves open decisions by visits of pages and screens (CAM-430).
package struct CampaignPageObserver: TrackingObserver {
  private let runtime: @Sendable () -> CampaignService

  /// Creates an observer.
  ///
  /// - Parameter runtime: Returns the campaigns, which are created after tracking as they depend on it.
  package init(_ runtime: @escaping @Sendable () -> CampaignService) { self.runtime = runtime }

  /// Decides `page.pagehit` and `page.devicehit`.
  package func visited(_ hits: [RecordedHit], in transaction: Transaction) async throws {
    try await visited(hits, tracked: [], in: transaction)
  }

  /// Decides `page.pagehit`, `page.devicehit` and `event.track`, in the order of time.
  package func visited(
    _ hits: [RecordedHit], tracked events: [RecordedEvent], in transaction: Transaction
  ) async throws {
    var engagements = hits.flatMap { hit in
      var device: [String: String] = [:]
      device["device_type"] = hit.device?.kind
      device["device_brand"] = hit.device?.brand
      device["device_os"] = hit.device?.system
      return [
        CampaignEngagement(
          type: "page.pagehit", contact: hit.contact, at: hit.at,
          objects: Set(hit.pages), url: hit.url,
          details: ["referer": hit.referrer]),
        CampaignEngagement(
          type: "page.devicehit", contact: hit.contact, at: hit.at, details: device),
      ]
    }
    engagements += events.map { event in
      CampaignEngagement(
        type: "event.track", contact: event.contact, at: event.at,
        details: EventDecision.details(event.name, event.properties))
    }
    try await runtime().record(engagements.sorted { $0.at < $1.at }, in: transaction)
  }
}
