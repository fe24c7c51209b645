package import Foundation
package import JobQueue

/// Reads what all campaigns will do, as it stands in Redis (CAM-902).
package struct CampaignFuture: Sendable {
  private let jobs: JobClient
  private let store: ScheduleStore

  init(runtime: CampaignService) {
    jobs = runtime.jobs
    store = runtime.timers.store
  }

  /// The entries of an event that come due in an interval.
  package struct Bucket: Sendable, Codable {
    /// The event.
    package var event: Int64
    /// Its name; nil if the event is gone.
    package var eventName: String?
    /// Its campaign.
    package var campaign: Int64?
    /// The campaign's name.
    package var campaignName: String?
    /// The begin of the interval, which is not part of it.
    package var begin: Date
    /// The end of the interval.
    package var end: Date
    /// The number of entries that wait.
    package var entries: Int
  }

  /// Totals of the schedule.
  package struct Totals: Sendable {
    /// The number of buckets by their length: `minute`, `hour`, `day`.
    package var buckets: [(length: String, count: Int)]
    /// The begin of the first bucket; nil if there is none.
    package var first: Date?
  }

  /// Returns the totals, by two commands of Redis for each length.
  package func totals() async throws -> Totals {
    let (counts, first) = try await store.counts()
    return Totals(
      buckets: TimerBucket.Length.far.reversed().map { ($0.name, counts[$0] ?? 0) },
      first: first.map { Date(timeIntervalSince1970: Double($0) / 1000) })
  }

  /// Returns the first buckets, in order, with their entries counted in the log.
  ///
  /// - Parameters:
  ///   - campaign: The campaign whose buckets are wanted; nil for all.
  ///   - limit: The maximum number of buckets.
  package func buckets(of campaign: Int64? = nil, limit: Int) async throws -> [Bucket] {
    let wanted = campaign == nil ? limit : 1_000_000
    var found: [TimerBucket] = []
    for length in TimerBucket.Length.far { found += try await store.buckets(length, limit: wanted) }
    found.sort { ($0.begin, $0.milliseconds, $0.event) < ($1.begin, $1.milliseconds, $1.event) }
    let sorted = found
    return try await jobs.postgres.withConnection { connection in
      let names = try await TimerStore.names(of: Set(sorted.map(\.event)).sorted(), on: connection)
      let chosen = Array(
        sorted.filter { campaign == nil || names[$0.event]?.campaign == campaign }.prefix(limit))
      let counts = try await TimerStore.counts(of: chosen, on: connection)
      return zip(chosen, counts).map { bucket, count in
        let name = names[bucket.event]
        return Bucket(
          event: bucket.event, eventName: name?.name, campaign: name?.campaign,
          campaignName: name?.campaignName,
          begin: Date(timeIntervalSince1970: Double(bucket.begin) / 1000), end: bucket.end,
          entries: count)
      }
    }
  }
}
