import Campaigns
import Foundation
import Runtime

extension CampaignFuture {
  /// Returns the metrics of the schedule; none while Redis is away, which readiness tells.
  func families() async -> [MetricFamily] {
    let totals: Totals
    do { totals = try await self.totals() } catch { return [] }
    var families = [
      MetricFamily(
        "martlet_campaign_schedule_buckets", .gauge,
        totals.buckets.map { .init(Double($0.count), [("length", $0.length)]) })
    ]
    if let first = totals.first {
      families.append(
        MetricFamily(
          "martlet_campaign_schedule_first_timestamp_seconds", .gauge,
          [.init(first.timeIntervalSince1970, [])]))
    }
    return families
  }
}
