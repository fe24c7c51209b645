import Foundation

/// Opens decisions and takes their `no` paths: an engagement decides them (CAM-401), or their deadline does
/// (CAM-411).
struct DecisionScheduler {
  let transaction: CampaignTransaction

  init(_ transaction: CampaignTransaction) { self.transaction = transaction }

  /// A deadline, and the events whose time determines it.
  struct Deadline: Equatable {
    var at: Date
    var givenBy: Set<Int64>
  }

  /// Opens a decision for contacts.
  func open(
    _ event: CampaignEvent, _ enrollments: [Enrollment], base: DelayBase
  ) async throws {
    let now = transaction.now
    let deadlines = try await deadlines(
      event,
      enrollments.map {
        DelayStart(contact: $0.contact, base: base.date(of: $0.contact, now: now))
      })
    var missed: [Enrollment] = []
    var open: [Enrollment] = []
    for enrollment in enrollments {
      if let deadline = deadlines[enrollment.contact]?.at, deadline <= now, transaction.isLive {
        missed.append(enrollment)
      } else {
        open.append(enrollment)
      }
    }
    if !open.isEmpty {
      let times = open.map { deadlines[$0.contact]?.at }
      try await transaction.entries.insertWaiting(event, open, base: base, deadlines: times)
      transaction.progress.stage(event, times.compactMap(\.self), now: now)
    }
    if !missed.isEmpty {
      let ended = try await transaction.entries.insertMissed(event, missed, base: base)
      transaction.count(event, .executed(false), ended.count)
      try await takeNo(event, ended, deadlines)
    }
  }

  /// Returns the deadlines of a decision by contact; without one a contact waits forever (CAM-410, CAM-411).
  func deadlines(
    _ event: CampaignEvent, _ openings: [DelayStart]
  ) async throws -> [Int64: Deadline] {
    var deadlines: [Int64: Deadline] = [:]
    for child in transaction.graph.children(of: event, path: false) where child.kind != .decision {
      let times = try await transaction.fireTimes.deadlines(child.trigger, openings)
      Self.merge(times, givenBy: child.id, into: &deadlines)
    }
    return deadlines
  }

  /// Returns the earliest time of each contact, with all events that determine it.
  static func merge(
    _ times: [Int64: Date], givenBy event: Int64, into deadlines: inout [Int64: Deadline]
  ) {
    for (contact, time) in times {
      if let known = deadlines[contact], known.at < time { continue }
      if let known = deadlines[contact], known.at == time {
        deadlines[contact] = Deadline(at: time, givenBy: known.givenBy.union([event]))
      } else {
        deadlines[contact] = Deadline(at: time, givenBy: [event])
      }
    }
  }

  /// Considers the events on the `no` path: those that determined the deadline have waited already (CAM-413),
  /// the others count afresh (CAM-414).
  func takeNo(
    _ event: CampaignEvent, _ enrollments: [Enrollment], _ deadlines: [Int64: Deadline]
  ) async throws {
    let children = transaction.graph.children(of: event, path: false)
    let groups = Dictionary(grouping: enrollments) { deadlines[$0.contact]?.givenBy ?? [] }
    for (givenBy, enrollments) in groups.sorted(by: { $0.key.count > $1.key.count }) {
      try await EventScheduler(transaction).consider(children, enrollments, delayUsed: givenBy)
    }
  }

  /// Recomputes the deadlines of the next members that wait at a decision (CAM-415).
  ///
  /// - Returns: The last of the members; nil at the end.
  func recompute(_ event: CampaignEvent, after: Int64, limit: Int) async throws -> Int64? {
    let contacts = try await transaction.members.contacts(after: after, limit: limit)
    guard let last = contacts.last else { return nil }
    let store = DecisionEntryStore(
      connection: transaction.connection, campaign: transaction.campaign)
    let open = try await store.lockOpen(of: contacts, [event])
    guard !open.isEmpty else { return last }
    // A contact has a decision open only in its current rotation (CAM-342).
    let deadlines = try await deadlines(
      event, open.map { DelayStart(contact: $0.contact, base: $0.opened) })
    let times = open.map { deadlines[$0.contact]?.at }
    try await store.setDeadlines(event, open, times)
    transaction.progress.stage(event, times.compactMap(\.self), now: transaction.now)
    return last
  }
}
