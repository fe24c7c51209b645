import Foundation

@testable import Campaigns

/// The reference interpreter: campaigns.md word for word, one contact at a time, on plain values.
struct Reference {
  var campaigns: [Int64: ReferenceCampaign] = [:]
  var zone = TimeZone.gmt
  var retry = Duration.seconds(3600)
  var mostAttempts = 5
  var pause = 60.0
  /// Segments that are published.
  var publishedSegments: Set<Int64> = []

  /// One contact's processing in one transaction.
  struct Walk {
    var contact: ReferenceContact
    let now: Date
    var isDeleted = false
    /// Campaigns that the contact has begun since the current entry (CAM-112).
    var begun: Set<Int64> = []
    /// Jumps that wait for the end of the transaction, by campaign.
    var jumps: [(event: CampaignEvent, campaign: Int64, rotation: Int, run: Int)] = []
  }

  // MARK: Members (campaigns.md 4)

  func enter(_ walk: inout Walk, _ id: Int64, manually: Bool) {
    guard !walk.isDeleted, let campaign = campaigns[id], campaign.isLive else { return }
    var member: ReferenceMember
    if let old = walk.contact.members[id] {
      if manually {
        guard !old.isActive || campaign.allowsRestart else { return }
      } else {
        guard campaign.allowsRestart, !old.isActive, let exited = old.exited,
          exited.addingTimeInterval(pause) <= walk.now
        else { return }
      }
      member = old
      member.rotation += 1
      member.first = member.rotation
      member.isActive = true
      member.isManual = manually || old.isActive && old.isManual
      member.added = walk.now
      member.exited = nil
      member.run += 1
      cancel(&walk, id, "restarted")
    } else {
      member = ReferenceMember(isManual: manually, added: walk.now)
    }
    walk.contact.members[id] = member
    walk.begun.insert(id)
    let waiting = walk.jumps
    walk.jumps = []
    consider(&walk, campaign.below(nil), id, base: walk.now)
    runJumps(&walk)
    walk.jumps = waiting
  }

  func leave(_ walk: inout Walk, _ id: Int64, byHand: Bool) {
    guard !walk.isDeleted, campaigns[id]?.isLive == true, var member = walk.contact.members[id]
    else { return }
    let wasActive = member.isActive
    member.isActive = false
    member.exited = byHand ? nil : walk.now
    member.run += wasActive ? 1 : 0
    walk.contact.members[id] = member
    if wasActive { cancel(&walk, id, "left") }
  }

  /// Compares with the source segments (CAM-101, CAM-120).
  func compare(_ walk: inout Walk, _ id: Int64) {
    guard let campaign = campaigns[id], campaign.isLive else { return }
    let isHeld = campaign.segments.contains {
      publishedSegments.contains($0) && walk.contact.segments.contains($0)
    }
    if isHeld {
      enter(&walk, id, manually: false)
    } else if let member = walk.contact.members[id], member.isActive, !member.isManual {
      leave(&walk, id, byHand: false)
    }
  }

  private func cancel(_ walk: inout Walk, _ campaign: Int64, _ reason: String) {
    for (key, entry) in walk.contact.log where key.campaign == campaign && entry.isOpen {
      walk.contact.log[key]?.state = .cancelled
      walk.contact.log[key]?.reason = reason
    }
  }

  // MARK: Considering (CAM-301)

  private func goesOn(_ walk: Walk, _ campaign: Int64, _ run: Int) -> Bool {
    guard !walk.isDeleted, let member = walk.contact.members[campaign] else { return false }
    return member.isActive && member.run == run
  }

  func consider(
    _ walk: inout Walk, _ events: [CampaignEvent], _ id: Int64, base: Date,
    used: Set<Int64> = []
  ) {
    guard let member = walk.contact.members[id] else { return }
    for event in events {
      guard goesOn(walk, id, member.run) else { return }
      if event.kind == .decision {
        open(&walk, event, id, member.rotation, base)
      } else {
        begin(&walk, event, id, member.rotation, base, isUsed: used.contains(event.id))
      }
    }
  }

  private func begin(
    _ walk: inout Walk, _ event: CampaignEvent, _ id: Int64, _ rotation: Int, _ base: Date,
    isUsed: Bool
  ) {
    let key = ReferenceKey(campaign: id, event: event.id, rotation: rotation)
    let time = fireTimes(walk.contact, event).planned(
      base: base, delayUsed: isUsed, value: value(walk.contact, event.trigger))
    guard let time else {
      insert(
        &walk, key,
        ReferenceEntry(
          state: .executed, base: base, executed: walk.now, note: "no_date"))
      return
    }
    guard time <= walk.now, campaigns[id]?.isLive == true else {
      insert(
        &walk, key,
        ReferenceEntry(
          state: .scheduled, base: base, fire: time, delayUsed: isUsed))
      return
    }
    if event.type == "campaign.jump_to_event" {
      walk.jumps.append((event, id, rotation, walk.contact.members[id]?.run ?? 0))
      return
    }
    if event.type == "trial.outside" {
      insert(
        &walk, key,
        ReferenceEntry(
          state: .running, base: base, fire: walk.now,
          lease: walk.now.addingTimeInterval(-1)))
      return
    }
    let isNew = insert(&walk, key, ReferenceEntry(state: .executed, base: base, executed: walk.now))
    if isNew { execute(&walk, event, key) }
  }

  @discardableResult
  private func insert(
    _ walk: inout Walk, _ key: ReferenceKey, _ entry: ReferenceEntry
  ) -> Bool {
    // CAM-305.
    guard walk.contact.log[key] == nil else { return false }
    walk.contact.log[key] = entry
    return true
  }

  /// Applies the effect of an entry already marked as executed, and considers the events below.
  private func execute(_ walk: inout Walk, _ event: CampaignEvent, _ key: ReferenceKey) {
    guard let campaign = campaigns[key.campaign], let run = walk.contact.members[campaign.id]?.run
    else { return }
    if event.kind == .condition {
      let path = answer(event, walk.contact)
      walk.contact.log[key]?.path = path
      if goesOn(walk, campaign.id, run) {
        consider(&walk, campaign.below(event.id, path), campaign.id, base: walk.now)
      }
      return
    }
    switch perform(&walk, event, campaign.id) {
    case .passed: break
    case .noted(let note): walk.contact.log[key]?.note = note
    case .failed(let failure): return fail(&walk, key, failure)
    }
    if goesOn(walk, campaign.id, run) {
      consider(&walk, campaign.below(event.id), campaign.id, base: walk.now)
    }
  }

  private func fail(_ walk: inout Walk, _ key: ReferenceKey, _ failure: ActionFailure) {
    guard var entry = walk.contact.log[key] else { return }
    entry.executed = nil
    entry.attempts += 1
    entry.error = failure.reason
    let wait = failure.retryAfter ?? retry
    if failure.isFinal || wait <= .zero || entry.attempts >= mostAttempts {
      entry.state = .failed
    } else {
      entry.state = .scheduled
      entry.fire = walk.now.addingTimeInterval(Double(wait.components.seconds))
    }
    walk.contact.log[key] = entry
  }

  func runJumps(_ walk: inout Walk) {
    while !walk.jumps.isEmpty {
      let (event, id, rotation, run) = walk.jumps.removeFirst()
      guard goesOn(walk, id, run) else { continue }
      let key = ReferenceKey(campaign: id, event: event.id, rotation: rotation)
      let entry = ReferenceEntry(state: .executed, base: walk.now, executed: walk.now)
      if insert(&walk, key, entry) { jump(&walk, event, key) }
    }
  }

  private func jump(_ walk: inout Walk, _ event: CampaignEvent, _ key: ReferenceKey) {
    let id = key.campaign
    guard let target = event.jumpTarget.flatMap({ campaigns[id]?[$0] }) else {
      walk.contact.log[key]?.note = "the target of the jump does not exist"
      return
    }
    walk.contact.members[id]?.rotation += 1
    for (key, entry) in walk.contact.log where key.campaign == id && entry.state == .waiting {
      walk.contact.log[key]?.state = .cancelled
      walk.contact.log[key]?.reason = "left"
    }
    consider(&walk, [target], id, base: walk.now)
  }

  // MARK: Decisions (campaigns.md 6.2, 6.3)

  /// Returns the deadline of a decision, and the events that determine it.
  private func deadline(
    _ contact: ReferenceContact, _ event: CampaignEvent, _ id: Int64, _ opened: Date
  ) -> (at: Date, by: Set<Int64>)? {
    var times: [(Int64, Date)] = []
    for child in campaigns[id]?.below(event.id, false) ?? [] where child.kind != .decision {
      let time = fireTimes(contact, child).deadline(
        base: opened, value: value(contact, child.trigger))
      if let time { times.append((child.id, time)) }
    }
    guard let first = times.map(\.1).min() else { return nil }
    return (first, Set(times.filter { $0.1 == first }.map(\.0)))
  }

  private func open(
    _ walk: inout Walk, _ event: CampaignEvent, _ id: Int64, _ rotation: Int, _ base: Date
  ) {
    let key = ReferenceKey(campaign: id, event: event.id, rotation: rotation)
    let end = deadline(walk.contact, event, id, base)
    let entry = ReferenceEntry(state: .waiting, base: base, fire: end?.at)
    guard insert(&walk, key, entry) else { return }
    if let end, end.at <= walk.now, campaigns[id]?.isLive == true {
      miss(&walk, event, key, end.by)
    }
  }

  private func miss(
    _ walk: inout Walk, _ event: CampaignEvent, _ key: ReferenceKey, _ by: Set<Int64>
  ) {
    walk.contact.log[key]?.state = .executed
    walk.contact.log[key]?.path = false
    walk.contact.log[key]?.executed = walk.now
    consider(
      &walk, campaigns[key.campaign]?.below(event.id, false) ?? [], key.campaign, base: walk.now,
      used: by)
  }

  func engage(_ walk: inout Walk, _ engagement: CampaignEngagement) {
    var begun: Set<Int64> = []
    for (id, campaign) in campaigns.sorted(by: { $0.key < $1.key }) where campaign.isLive {
      // CAM-402: open before the engagement.
      guard !begun.contains(id) else { continue }
      guard !walk.isDeleted, let member = walk.contact.members[id], member.isActive else {
        continue
      }
      walk.begun = []
      let open = campaign.events.filter { event in
        guard event.kind == .decision, event.type == engagement.type,
          let entry = walk.contact.log[
            ReferenceKey(campaign: id, event: event.id, rotation: member.rotation)],
          entry.state == .waiting
        else { return false }
        let parent = event.parent.flatMap { campaign[$0] }
        let isLater =
          parent?.kind == .decision && event.path == true
          ? engagement.at > entry.base : engagement.at >= entry.base
        let forms = event.properties["forms"].map { $0.numbers } ?? []
        return isLater && (forms.isEmpty || !engagement.objects.isDisjoint(with: forms))
      }
      for event in open.sorted(by: { $0.id < $1.id }) {
        let key = ReferenceKey(campaign: id, event: event.id, rotation: member.rotation)
        guard walk.contact.log[key]?.state == .waiting else { continue }
        let at = min(engagement.at, walk.now)
        walk.contact.log[key]?.state = .executed
        walk.contact.log[key]?.path = true
        walk.contact.log[key]?.executed = at
        walk.contact.log[key]?.byContact = true
        consider(&walk, campaign.below(event.id, true), id, base: at)
      }
      runJumps(&walk)
      begun.formUnion(walk.begun)
    }
  }

  // MARK: What comes due (CAM-213 to CAM-218)

  /// Runs the due entry of an event for a contact.
  func runDue(_ walk: inout Walk, _ event: CampaignEvent, _ id: Int64) {
    guard let campaign = campaigns[id], campaign.isLive else { return }
    while !walk.isDeleted {
      let due = walk.contact.log.filter {
        $0.key.campaign == id && $0.key.event == event.id && $0.value.isOpen
          && ($0.value.fire ?? .distantFuture) <= walk.now
          && isTurn(walk.contact, event, $0.value, campaign)
      }
      let next = due.min {
        ($0.value.fire ?? .distantPast, $0.key.rotation)
          < ($1.value.fire ?? .distantPast, $1.key.rotation)
      }
      guard let (key, entry) = next else { return }
      walk.begun = []
      take(&walk, event, key, entry)
      runJumps(&walk)
    }
  }

  /// CAM-345.
  private func isTurn(
    _ contact: ReferenceContact, _ event: CampaignEvent, _ entry: ReferenceEntry,
    _ campaign: ReferenceCampaign
  ) -> Bool {
    guard event.type == "campaign.jump_to_event" else { return true }
    return !contact.log.contains { key, other in
      key.campaign == campaign.id && other.isOpen
        && (other.fire ?? .distantFuture) <= (entry.fire ?? .distantPast)
        && campaign[key.event].map { $0.type != event.type } == true
    }
  }

  private func take(
    _ walk: inout Walk, _ event: CampaignEvent, _ key: ReferenceKey, _ entry: ReferenceEntry
  ) {
    guard isMember(walk.contact, key) else {
      walk.contact.log[key]?.state = .cancelled
      walk.contact.log[key]?.reason = "left"
      return
    }
    if event.kind == .decision {
      let end = deadline(walk.contact, event, key.campaign, entry.base)
      if let end, end.at <= walk.now { return miss(&walk, event, key, end.by) }
      walk.contact.log[key]?.fire = end?.at
      return
    }
    guard isDue(&walk, event, key, entry) else { return }
    walk.contact.log[key]?.state = .executed
    walk.contact.log[key]?.executed = walk.now
    if event.type == "campaign.jump_to_event" {
      jump(&walk, event, key)
    } else {
      execute(&walk, event, key)
    }
  }

  private func isMember(_ contact: ReferenceContact, _ key: ReferenceKey) -> Bool {
    guard let member = contact.members[key.campaign] else { return false }
    return member.isActive && key.rotation >= member.first
  }

  /// Whether the current fire time has come; puts back the entry if not.
  private func isDue(
    _ walk: inout Walk, _ event: CampaignEvent, _ key: ReferenceKey, _ entry: ReferenceEntry
  ) -> Bool {
    if entry.isPinned || event.trigger.mode == .immediate { return true }
    let times = fireTimes(walk.contact, event)
    let planned = times.planned(
      base: entry.base, delayUsed: entry.delayUsed, value: value(walk.contact, event.trigger))
    guard let planned else {
      walk.contact.log[key]?.state = .executed
      walk.contact.log[key]?.executed = walk.now
      walk.contact.log[key]?.note = "no_date"
      walk.contact.log[key]?.lease = nil
      return false
    }
    let time =
      planned > walk.now
      ? planned : times.late(max(planned, entry.fire ?? planned), now: walk.now)
    if time <= walk.now { return true }
    walk.contact.log[key]?.state = .scheduled
    walk.contact.log[key]?.fire = time
    walk.contact.log[key]?.lease = nil
    return false
  }

  // MARK: External effects (CAM-910)

  /// Claims the due entries of an event with an external effect.
  func claim(_ walk: inout Walk, _ event: CampaignEvent, _ id: Int64, until: Date) -> [ReferenceKey]
  {
    guard campaigns[id]?.isLive == true else { return [] }
    let due = walk.contact.log.filter { key, entry in
      guard key.campaign == id, key.event == event.id else { return false }
      return entry.state == .scheduled && (entry.fire ?? .distantFuture) <= walk.now
        || entry.state == .running && (entry.lease ?? .distantFuture) <= walk.now
    }
    var claimed: [ReferenceKey] = []
    let ordered = due.sorted {
      ($0.value.fire ?? .distantPast, $0.key.rotation)
        < ($1.value.fire ?? .distantPast, $1.key.rotation)
    }
    for (key, entry) in ordered {
      // A claim that lapsed was an attempt (CAM-463); what was handed over is without a token.
      let isLapsed = entry.state == .running && entry.token != nil
      if isLapsed, entry.attempts + 1 >= mostAttempts {
        fail(
          &walk, key,
          ActionFailure(
            "the worker died while it performed the action, at each of \(mostAttempts) attempts",
            isFinal: true))
        walk.contact.log[key]?.lease = nil
        continue
      }
      if isLapsed { walk.contact.log[key]?.attempts += 1 }
      if entry.state == .scheduled, !isMember(walk.contact, key) {
        walk.contact.log[key]?.state = .cancelled
        walk.contact.log[key]?.reason = "left"
      } else if isDue(&walk, event, key, entry) {
        walk.contact.log[key]?.state = .running
        walk.contact.log[key]?.lease = until
        claimed.append(key)
      }
    }
    return claimed
  }

  func record(_ walk: inout Walk, _ event: CampaignEvent, _ key: ReferenceKey) {
    guard !walk.isDeleted, walk.contact.log[key]?.state == .running else { return }
    walk.begun = []
    walk.contact.log[key]?.lease = nil
    walk.contact.log[key]?.executed = walk.now
    walk.contact.log[key]?.state = .executed
    let goesOn = isMember(walk.contact, key)
    if let failure = TrialRule(event).failure(walk.contact.id, walk.now) {
      fail(&walk, key, failure)
      if !goesOn {
        walk.contact.log[key]?.state = .cancelled
        walk.contact.log[key]?.reason = "left"
      }
      return
    }
    guard goesOn, let campaign = campaigns[key.campaign] else { return }
    consider(&walk, campaign.below(event.id), campaign.id, base: walk.now)
    runJumps(&walk)
  }

  // MARK: Manual changes and edits

  /// Recomputes the deadlines of a decision (CAM-415).
  func retime(_ contact: inout ReferenceContact, _ event: CampaignEvent, _ id: Int64) {
    for (key, entry) in contact.log
    where key.campaign == id && key.event == event.id && entry.state == .waiting {
      let end = deadline(contact, event, id, entry.base)
      contact.log[key]?.fire = end?.at
    }
  }

  func deleteEvent(_ contact: inout ReferenceContact, _ event: Int64) {
    for (key, entry) in contact.log where key.event == event && entry.isOpen {
      contact.log[key]?.state = .cancelled
      contact.log[key]?.reason = "event_deleted"
    }
  }
}
