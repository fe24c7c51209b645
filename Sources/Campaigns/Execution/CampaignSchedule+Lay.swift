import Foundation
import JobQueue
import Postgres

/// Laying of timers from the rows of PostgreSQL.
extension CampaignSchedule {
  /// The number of events that one statement looks at.
  private static let batch = 500
  /// The time from now to the end of a minute that is being split.
  private static let nearTime =
    Double(
      TimerBucket.Length.minute.rawValue
        + TimerBucket.Length.minute.lead) / 1000

  /// Looks at what is due: splits buckets, and enqueues what is near.
  ///
  /// - Returns: Whether there may be more, and what to do beside.
  func look() async throws -> (isMore: Bool, isLost: Bool, isAgainWaiting: Bool) {
    let taken = try await store.take(now: jobs.clock.now, limit: Self.batch)
    try await look(at: taken.looks)
    return (taken.looks.count == Self.batch, taken.isLost, taken.isAgainWaiting)
  }

  /// Looks once more at what was looked at while transactions ran that have ended since.
  func lookAgain() async throws {
    while true {
      let oldest = try await jobs.postgres.withConnection {
        try await TimerStore.transactions(on: $0).oldest
      }
      let looks = try await store.takeAgain(endedBefore: oldest, limit: Self.batch)
      try await look(at: looks)
      if looks.count < Self.batch { return }
    }
  }

  private func look(at looks: [ScheduleLook]) async throws {
    guard !looks.isEmpty else { return }
    let now = jobs.clock.now
    let soon = now.addingTimeInterval(Self.nearTime)
    var untils: [Int64: Date] = [:]
    var guarded = false
    for look in looks {
      switch look.subject {
      case .all: try await layAll()
      case .event(let event):
        guarded = true
        untils[event] = max(untils[event] ?? soon, soon)
      case .bucket(let bucket):
        untils[bucket.event] = max(untils[bucket.event] ?? bucket.end, bucket.end)
      }
    }
    let next = try await lay(untils, now: now)
    if guarded { try await cancelDeleted(now) }
    try await store.finish(looks, again: next)
  }

  /// Lays the timers of events.
  ///
  /// - Parameter untils: The events, with the instant up to which each is looked at.
  /// - Returns: The id that the next transaction had, if transactions ran whose rows could not be seen yet.
  @discardableResult
  func lay(_ untils: [Int64: Date], now: Date) async throws -> Int64? {
    guard !untils.isEmpty else { return nil }
    let (running, timers) = try await jobs.postgres.withConnection { connection in
      // First, because a transaction that ends between the two is seen.
      let running = try await TimerStore.transactions(on: connection)
      return (running, try await TimerStore.buckets(of: untils, now: now, on: connection))
    }
    try await store.add(timers.filter { $0.length != .instant })
    try await enqueue(timers.filter { $0.length == .instant })
    return running.oldest == nil ? nil : running.next
  }

  /// Lays all timers of some events. Transactions under way stage their own.
  func layAll(of events: [Int64]) async throws {
    var untils: [Int64: Date] = [:]
    for event in events { untils[event] = .distantFuture }
    try await lay(untils, now: jobs.clock.now)
  }

  /// Lays the timers of a campaign.
  func lay(campaign: Int64) async throws {
    try await eachBatch(of: campaign) { try await self.layAll(of: $0) }
  }

  /// Lays the whole schedule, as after Redis was emptied (CAM-901).
  func layAll() async throws {
    let mark = try await store.beginLaying()
    let running = try await jobs.postgres.withConnection {
      try await TimerStore.transactions(on: $0)
    }
    let now = jobs.clock.now
    try await eachBatch(of: nil) { events in
      var untils: [Int64: Date] = [:]
      for event in events { untils[event] = .distantFuture }
      try await self.lay(untils, now: now)
    }
    try await cancelDeleted(now)
    try await store.endLaying(mark, again: running.oldest == nil ? nil : running.next)
  }

  private func eachBatch(
    of campaign: Int64?, _ body: @Sendable ([Int64]) async throws -> Void
  ) async throws {
    var last: Int64 = 0
    while true {
      let (after, now) = (last, jobs.clock.now)
      let events = try await jobs.postgres.withConnection {
        try await TimerStore.liveEvents(
          after: after, campaign: campaign, limit: Self.batch, now: now, on: $0)
      }
      guard let greatest = events.last else { return }
      try await body(events)
      if events.count < Self.batch { return }
      last = greatest
    }
  }

  /// Cancels entries that a dead worker had claimed and whose event was deleted meanwhile.
  private func cancelDeleted(_ now: Date) async throws {
    let events = try await jobs.postgres.withConnection {
      try await TimerStore.eventsWithLapsedLeases(now: now, on: $0)
    }
    for event in events {
      try await jobs.enqueue(
        CancelEvent(event: event, isSecondSweep: true), EnqueueOptions(uniqueKey: "\(event)"))
    }
  }
}
