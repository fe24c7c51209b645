import Contacts
import Foundation
import Postgres
import Primitives
import Testing

@testable import Campaigns

extension ModelRun {
  /// Performs a random step.
  mutating func step() async throws {
    if generator.once(in: 2) { try await recordClaims() }
    let whom = generator.some(people.keys.sorted(), oneIn: 4)
    let campaign = generator.pick(campaigns)
    let segment = generator.pick(segments)
    switch generator.next() % 24 {
    case 0...5: try await goOn()
    case 6, 7: try await wait()
    case 8: try await goBack()
    case 9, 10, 11:
      try await engageSome(whom)
    case 12:
      note("engagements again")
      try await engage(lastEngagements)
    case 13, 14:
      note("add \(whom) to \(campaign)")
      let (reference, now) = (reference, now)
      walk(whom) { reference.enter(&$0, campaign, manually: true) }
      for part in Self.parts(whom, limit) {
        _ = try await bed.runtime.transaction(campaign, now: now) {
          try await MembershipManager($0).add(part, by: .manual)
        }
      }
    case 15:
      let byHand = generator.once(in: 2)
      note("remove \(whom) from \(campaign), by hand \(byHand)")
      let (reference, now) = (reference, now)
      walk(whom) { reference.leave(&$0, campaign, byHand: byHand) }
      for part in Self.parts(whom, limit) {
        _ = try await bed.runtime.transaction(campaign, now: now) {
          try await MembershipManager($0).remove(part, byHand ? .byHand : .exit)
        }
      }
    case 16:
      note("\(whom) enter segment \(segment)")
      for id in whom { try await enterSegment(segment, id) }
      for campaign in campaigns { try await follow(campaign) }
    case 17:
      note("\(whom) leave segment \(segment)")
      for id in whom { try await leaveSegment(segment, id) }
      if generator.once(in: 2) { for campaign in campaigns { try await follow(campaign) } }
    case 18:
      note("follow \(campaign)")
      try await follow(campaign)
    case 19: try await edit(campaign)
    case 20: try await publish(campaign)
    case 21: try await moveEntry()
    case 22: try await changeContact()
    default: try await changeSegment(segment)
    }
  }

  private static func parts(_ list: [Int64], _ size: Int) -> [[Int64]] {
    stride(from: 0, to: list.count, by: size).map {
      Array(list[$0..<min($0 + size, list.count)])
    }
  }

  mutating func note(_ text: String) { trail.append("\(now.formatted(.iso8601)) \(text)") }

  // MARK: Time

  private func nextDue() async throws -> Date? {
    try await bed.pool.query(
      """
      SELECT min(l.fire_at) FROM campaign_log l
        JOIN campaigns c ON c.id = l.campaign_id AND c.is_published
        JOIN campaign_events e ON e.id = l.event_id AND e.deleted_at IS NULL
      WHERE l.state < 2 AND l.fire_at > \(now)
      """
    ).first?.decode(at: 0)
  }

  /// Advances to the next fire times, one after the other.
  private mutating func goOn() async throws {
    for _ in 0...(generator.next() % 3) {
      if let due = try await nextDue() { now = max(now, due) }
      bed.clock.now = now
      note("due")
      try await runDue()
    }
  }

  /// Advances without executing anything for a while (CAM-215, CAM-216).
  private mutating func wait() async throws {
    let most: UInt64 = generator.pick([3, 60, 600, 6_000])
    now = now.addingTimeInterval(Double(generator.next() % most) * 60)
    bed.clock.now = now
    note("late")
    try await runDue()
  }

  /// Sets the clock back (CAM-906).
  private mutating func goBack() async throws {
    now = now.addingTimeInterval(-Double(generator.next() % 3_600))
    bed.clock.now = now
    note("back")
    try await runDue()
  }

  // MARK: Engagements and changes of contacts

  private mutating func engageSome(_ whom: [Int64]) async throws {
    var engagements: [CampaignEngagement] = []
    for id in whom {
      for _ in 0...(generator.next() % 2) {
        let at =
          generator.once(in: 3)
          ? now.addingTimeInterval(-Double(generator.next() % 7_200)) : now
        let type = generator.pick(["page.pagehit", "form.submit"])
        // Never two of a contact at one instant, as their order would be undefined.
        guard !engagements.contains(where: { $0.contact == id && $0.at == at }) else { continue }
        engagements.append(
          CampaignEngagement(type: type, contact: id, at: at, objects: [generator.pick([1, 2, 3])]))
      }
    }
    note(
      "engagements "
        + engagements.map { "\($0.contact) \($0.type) \($0.at.formatted(.iso8601))" }.joined(
          separator: ", "))
    try await engage(engagements)
    lastEngagements = engagements
  }

  private mutating func changeContact() async throws {
    guard let id = people.keys.sorted().randomElement(using: &generator) else { return }
    if deletes, generator.once(in: 4) {
      note("delete \(id)")
      people[id] = nil
      let (engine, now) = (bed.engine, now)
      _ = try await bed.jobs.transaction(at: now) { transaction in
        try await ContactDeletion.delete(
          [id], fields: engine.fields.current(on: transaction.connection), by: .system,
          in: transaction)
      }
      return
    }
    let zone = generator.pick(Self.zones)
    let moment =
      generator.once(in: 3)
      ? nil : now.addingTimeInterval((Double(generator.next() % 14) - 4) * 43_200)
    note("contact \(id) moves to \(zone ?? "-"), \(moment?.formatted(.iso8601) ?? "-")")
    people[id]?.zone = zone
    people[id]?.attributed = moment
    try await bed.pool.query(
      """
      UPDATE contacts SET timezone = \(zone), attribution_date = \(moment)::timestamptz
      WHERE id = \(id)
      """)
  }

  private mutating func changeSegment(_ segment: Int64) async throws {
    let isPublished = !reference.publishedSegments.contains(segment)
    // Usually they are.
    guard isPublished || generator.once(in: 3) else { return }
    note("segment \(segment) published \(isPublished)")
    if isPublished {
      reference.publishedSegments.insert(segment)
    } else {
      reference.publishedSegments.remove(segment)
    }
    try await bed.pool.query(
      "UPDATE segments SET is_published = \(isPublished) WHERE id = \(segment)")
  }

  // MARK: Operators

  private mutating func publish(_ campaign: Int64) async throws {
    let isLive = reference.campaigns[campaign]?.isLive == true
    var input = CampaignInput()
    input.isPublished = !isLive
    note("publish \(campaign) \(!isLive)")
    do {
      _ = try await bed.editor.update(campaign, input, by: .system)
    } catch CampaignError.invalid {
      // All its events would be deleted: it stays unchanged.
    }
    try await sync(campaign)
    if !isLive {
      try await follow(campaign)
      try await runDue()
    }
  }

  /// Changes delays, adds events, or deletes events with all below them.
  private mutating func edit(_ id: Int64) async throws {
    guard let campaign = reference.campaigns[id] else { return }
    var random = RandomCampaign(generator, campaigns: campaigns, segments: segments, start: now)
    var input = CampaignInput()
    let event = campaign.events.randomElement(using: &random.generator)
    switch random.generator.next() % 3 {
    case 0:
      // Change delays.
      guard let event, event.kind != .decision else { return }
      var change = EventInput(.id(event.id))
      var trigger: [String: JSONValue] = Dictionary(
        uniqueKeysWithValues: EventInput.triggerMembers.map { ($0, .null) })
      let parent = event.parent.flatMap { campaign[$0] }
      let isMissed = parent?.kind == .decision && event.path == false
      trigger.merge(random.trigger(isMissed: isMissed)) { $1 }
      change.trigger = trigger
      input.events = [change]
      note("edit \(event.name) of \(id): \(trigger.filter { $0.value != .null })")
    case 1:
      // Add an event.
      var all = random.events(most: 1)
      guard let event, case .object(var members)? = all.popLast(),
        !["campaign.jump_to_event", "lead.deletecontact"].contains(event.type)
      else { return }
      members["parent"] = .string("\(event.id)")
      members["name"] = .string("n\(trail.count)")
      if event.kind != .action {
        members["decisionPath"] = .string(random.generator.pick(["yes", "no"]))
      }
      input.events = [JSONValue.object(members)].compactMap { EventInput(json: $0) }
      note("new event \(members) in \(id)")
    default:
      guard let event else { return }
      var gone: Set<Int64> = [event.id]
      for _ in campaign.events {
        for other in campaign.events where other.parent.map({ gone.contains($0) }) == true {
          gone.insert(other.id)
        }
      }
      guard gone.count < campaign.events.count else { return }
      input.name = "Campaign \(id)"
      input.isPublished = campaign.isLive
      input.allowsRestart = campaign.allowsRestart
      input.segments = campaign.segments
      input.events = campaign.events.filter { !gone.contains($0.id) }.map {
        EventInput(.id($0.id))
      }
      note("delete \(event.name) of \(id) and what is below it: \(gone.sorted())")
    }
    generator = random.generator
    do {
      _ = try await bed.editor.update(
        id, input, replacing: input.name != nil, by: .system)
    } catch CampaignError.refused {
      note("refused")
    }
    try await sync(id)
  }

  /// Sets another fire time by hand, or cancels (CAM-702, CAM-703).
  private mutating func moveEntry() async throws {
    let (now, isCancelling) = (now, generator.once(in: 3))
    let open = people.values.flatMap { contact in
      contact.log.filter { $0.value.state == .scheduled }.map { (contact.id, $0.key) }
    }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
    guard let (id, picked) = open.randomElement(using: &generator) else { return }
    // Of several entries of the event the one with the latest rotation is changed.
    let key =
      open.filter { $0.0 == id && $0.1.event == picked.event }.map(\.1).max() ?? picked
    let time = now.addingTimeInterval(Double(generator.next() % 200) * 1_800)
    let editor = CampaignLogEditor(runtime: bed.runtime)
    note("\(isCancelling ? "cancel" : "move to \(time.formatted(.iso8601))") \(key) of \(id)")
    var problem: CampaignError?
    do {
      if isCancelling {
        try await editor.cancel(key.event, contact: id)
      } else {
        var change = EntryChange()
        change.triggerDate = time.addingTimeInterval(1)
        _ = try await editor.change(key.event, contact: id, change)
      }
    } catch let error as CampaignError {
      problem = error
    }
    let isFuture = people[id]?.log[key]?.fire.map { $0 > now } ?? false
    let isMember = people[id]?.members[key.campaign]?.isActive == true
    let isKnown = reference.campaigns[key.campaign]?[key.event] != nil
    // CAM-705, CAM-706: waiting entries in an older rotation of a former member can only be cancelled.
    #expect(
      (problem == nil) == (isFuture && isKnown && (isMember || isCancelling)),
      """
      \(String(describing: problem)): future \(isFuture), member \(isMember), known \(isKnown)
      \(trail.suffix(12).joined(separator: "\n"))
      """)
    guard problem == nil else { return }
    if isCancelling {
      people[id]?.log[key]?.state = .cancelled
      people[id]?.log[key]?.reason = "user"
    } else {
      people[id]?.log[key]?.fire = time.addingTimeInterval(1)
      people[id]?.log[key]?.isPinned = true
      // The error of the last attempt is kept (CAM-702).
      people[id]?.log[key]?.attempts = 0
    }
  }
}
