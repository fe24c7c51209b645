import Fields
import Foundation
import Postgres
import Segments
import TestSupport
import Testing

@testable import Campaigns

/// The engine and the reference interpreter run through the same random history.
struct ModelRun {
  let bed: CampaignBed
  var generator: SeededGenerator
  /// The number of entries or contacts at a time; the outcome must not depend on it (CAM-905).
  let limit: Int
  var reference = Reference()
  var people: [Int64: ReferenceContact] = [:]
  var now = CampaignBed.start
  /// The history, printed when the two disagree.
  var trail: [String] = []
  /// Claims of external effects without recorded results.
  var claims: [(claim: Claim, campaign: Int64, token: Int)] = []
  var tokens = 0
  var lastEngagements: [CampaignEngagement] = []
  var comparisons = 0
  let campaigns: [Int64] = [1, 2, 3]
  let segments: [Int64] = [1, 2, 3]
  let deletes: Bool

  static let zones: [String?] = [
    nil, "UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu",
    "Nowhere/Bad", "Pacific/Apia",
  ]

  init(bed: CampaignBed, seed: UInt64, limit: Int, deletes: Bool, start: Date) {
    self.bed = bed
    generator = SeededGenerator(seed: seed)
    self.limit = limit
    self.deletes = deletes
    now = start
    bed.clock.now = start
  }

  // MARK: Setup

  mutating func begin(contacts: Int, events: Int, zone: TimeZone) async throws {
    reference.zone = zone
    reference.publishedSegments = Set(segments)
    var due = NewField(label: "DueEntry", type: .date)
    due.alias = "due"
    _ = try await bed.engine.fields.create(due, by: .system, now: now)
    for id in 1...Int64(contacts) { try await makeContact(id) }
    for segment in segments {
      try await bed.segment(segment)
      for id in people.keys.sorted() where generator.once(in: 2) {
        try await enterSegment(segment, id)
      }
    }
    for id in campaigns {
      try await bed.pool.query(
        "INSERT INTO campaigns (id, name, date_added) VALUES (\(id), '…', \(now))")
      // So many contacts that failures never stop it, which would depend on the size of batches (CAM-505).
      try await bed.crowd(id)
    }
    for id in campaigns { try await makeCampaign(id, events: events) }
    for id in campaigns { try await follow(id) }
    try await check()
  }

  private mutating func makeContact(_ id: Int64) async throws {
    var contact = ReferenceContact(id: id)
    contact.zone = generator.pick(Self.zones)
    contact.city = generator.once(in: 2) ? generator.pick(RandomCampaign.cities) : nil
    contact.due = day()
    contact.attributed = generator.once(in: 3) ? nil : moment()
    people[id] = contact
    try await bed.pool.query(
      """
      INSERT INTO contacts (id, date_added, date_identified, email, timezone, city, due,
        attribution_date)
      VALUES (\(id), \(now), \(now), \("\(id)@example.com"), \(contact.zone), \(contact.city),
        \(contact.due.map(Self.dayText))::text::date, \(contact.attributed)::timestamptz)
      """)
  }

  private static func dayText(_ date: Date) -> String {
    String(date.formatted(.iso8601).prefix(10))
  }

  private mutating func day() -> Date? {
    generator.once(in: 4)
      ? nil
      : Date(
        timeIntervalSince1970: (now.timeIntervalSince1970 / 86_400).rounded(.down) * 86_400
          + (Double(generator.next() % 12) - 3) * 86_400)
  }

  private mutating func moment() -> Date {
    now.addingTimeInterval((Double(generator.next() % 14) - 4) * 43_200 + 900)
  }

  private mutating func makeCampaign(_ id: Int64, events: Int) async throws {
    var random = RandomCampaign(
      generator, campaigns: campaigns, segments: segments, start: now)
    random.deletes = deletes
    while true {
      var input = CampaignInput()
      input.name = "Campaign \(id)"
      input.isPublished = true
      input.allowsRestart = random.generator.once(in: 2)
      input.segments =
        [random.generator.pick(segments)]
        + (random.generator.once(in: 3) ? [random.generator.pick(segments)] : [])
      input.events = random.events(most: events).compactMap { EventInput(json: $0) }
      do {
        _ = try await bed.editor.update(id, input, replacing: true, by: .system)
        break
      } catch CampaignError.refused {
        continue
      }
    }
    generator = random.generator
    try await sync(id)
  }

  /// Reads a campaign after an edit, and applies the consequences on both sides.
  mutating func sync(_ id: Int64) async throws {
    let campaign = try #require(try await CampaignStore(pool: bed.pool).campaign(id))
    let old = reference.campaigns[id]
    reference.campaigns[id] = ReferenceCampaign(
      id: id, isLive: campaign.isLive(at: now), allowsRestart: campaign.allowsRestart,
      segments: campaign.sources.map(\.id), events: campaign.events)
    try await bed.doEditJobs(limit: limit)
    guard let old else { return }
    let present = Set(campaign.events.map(\.id))
    for event in old.events where !present.contains(event.id) {
      everybody { reference, contact in reference.deleteEvent(&contact, event.id) }
    }
    func waits(_ events: [CampaignEvent], _ id: Int64) -> [String] {
      events.filter { $0.parent == id && $0.path == false && $0.kind != .decision }
        .map { "\($0.id) \($0.trigger)" }.sorted()
    }
    for event in campaign.events
    where event.kind == .decision && old[event.id] != nil
      && waits(old.events, event.id) != waits(campaign.events, event.id)
    {
      everybody { reference, contact in reference.retime(&contact, event, id) }
    }
  }

  private mutating func everybody(_ body: (Reference, inout ReferenceContact) -> Void) {
    let reference = reference
    people = people.mapValues { contact in
      var contact = contact
      body(reference, &contact)
      return contact
    }
  }

  // MARK: Segments

  mutating func enterSegment(_ segment: Int64, _ id: Int64) async throws {
    let now = now
    _ = try await bed.jobs.transaction(at: now) {
      try await SegmentMembership.add([id], to: segment, cause: .user, in: $0)
    }
    people[id]?.segments.insert(segment)
  }

  mutating func leaveSegment(_ segment: Int64, _ id: Int64) async throws {
    let now = now
    _ = try await bed.jobs.transaction(at: now) {
      try await SegmentMembership.remove([id], from: segment, cause: .user, in: $0)
    }
    people[id]?.segments.remove(segment)
  }

  // MARK: Both sides

  /// Runs the reference for some contacts.
  mutating func walk(_ contacts: [Int64], _ body: (inout Reference.Walk) -> Void) {
    for id in contacts {
      guard let contact = people[id] else { continue }
      var walk = Reference.Walk(contact: contact, now: now)
      body(&walk)
      people[id] = walk.isDeleted ? nil : walk.contact
    }
  }

  mutating func follow(_ campaign: Int64) async throws {
    let reference = reference
    let all = people.keys.sorted()
    walk(all) { reference.compare(&$0, campaign) }
    let (limit, now) = (limit, now)
    if generator.once(in: 2) {
      // As an announcement would.
      _ = try await bed.runtime.transaction(campaign, now: now) {
        try await SourceReconciler($0).reconcile(all)
      }
    } else {
      let greatest = (all.last ?? 0) + 1
      for first in stride(from: 0, through: greatest, by: Int64.Stride(limit)) {
        let range = first...(first + Int64(limit) - 1)
        _ = try await bed.runtime.transaction(campaign, now: now) {
          try await SourceReconciler($0).reconcile(range, isLast: range.upperBound >= greatest)
        }
      }
    }
  }

  /// Runs everything due, in no particular order.
  mutating func runDue() async throws {
    while true {
      let rows = try await bed.pool.query(
        """
        SELECT DISTINCT e.campaign_id, e.id FROM campaign_log l
          JOIN campaign_events e ON e.id = l.event_id AND e.deleted_at IS NULL
          JOIN campaigns c ON c.id = e.campaign_id AND c.is_published
        WHERE l.state < 2 AND l.fire_at <= \(now) OR l.state = 2 AND l.lease_until <= \(now)
        ORDER BY e.campaign_id, e.id
        """)
      var due: [(Int64, Int64)] = try rows.map { try $0.decode(Int64.self, Int64.self) }
      due.shuffle(using: &generator)
      var done = 0
      for (campaign, event) in due { done += try await runDue(event, campaign) }
      if done == 0 { return }
    }
  }

  private mutating func runDue(_ id: Int64, _ campaign: Int64) async throws -> Int {
    guard let event = reference.campaigns[campaign]?[id] else { return 0 }
    let reference = reference
    let (limit, now) = (limit, now)
    guard event.type == "trial.outside" else {
      walk(people.keys.sorted()) { reference.runDue(&$0, event, campaign) }
      var total = 0
      while true {
        let count = try await bed.runtime.transaction(campaign, now: now) { transaction in
          guard let event = transaction.graph[id] else { return 0 }
          return try await DueExecutor(transaction).execute(event, limit: limit)
        }
        guard let count, count > 0 else { return total }
        total += count
      }
    }
    tokens += 1
    let token = tokens
    let until = now.addingTimeInterval(7_200)
    walk(people.keys.sorted()) { walk in
      for key in reference.claim(&walk, event, campaign, until: until) {
        walk.contact.log[key]?.token = token
      }
    }
    var total = 0
    while true {
      let claim =
        try await bed.runtime.transaction(campaign, now: now) { transaction in
          try await ExternalActions(transaction).claim(
            event, TrialExternal(), limit: limit, lease: .seconds(7_200))
        } ?? nil
      guard let claim else { break }
      total += claim.taken
      claims.append((claim, campaign, token))
    }
    // Usually at once; otherwise other steps may come in between.
    if !generator.once(in: 4) { try await recordClaims() }
    return total
  }

  mutating func recordClaims() async throws {
    let waiting = claims
    claims = []
    let now = now
    for (claim, campaign, token) in waiting {
      let rule = TrialRule(claim.event)
      let results = claim.entries.map { entry in
        (
          entry,
          rule.failure(entry.enrollment.contact, now).map {
            Result<Void, ActionFailure>.failure($0)
          }
            ?? .success(())
        )
      }
      _ = try await bed.runtime.transaction(campaign, now: now, includingUnpublished: true) {
        try await ExternalActions($0).record(claim, results)
      }
      let reference = reference
      for entry in claim.entries {
        let key = ReferenceKey(campaign: campaign, event: claim.event.id, rotation: entry.rotation)
        walk([entry.enrollment.contact]) { walk in
          guard walk.contact.log[key]?.token == token else { return }
          reference.record(&walk, claim.event, key)
        }
      }
    }
  }

  mutating func engage(_ engagements: [CampaignEngagement]) async throws {
    let reference = reference
    for engagement in engagements.sorted(by: { ($0.at, $0.contact) < ($1.at, $1.contact) }) {
      walk([engagement.contact]) { reference.engage(&$0, engagement) }
    }
    let (engine, now) = (bed.engine, now)
    try await bed.jobs.transaction(at: now) { transaction in
      _ = try await engine.record(engagements, in: transaction)
    }
  }
}
