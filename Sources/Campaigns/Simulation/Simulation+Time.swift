import Contacts
import Foundation
import JobQueue
import Postgres
import Segments

/// Time in a simulation: from one due entry, return or step to the next.
extension Simulation {
  func loop() async throws {
    let run = VirtualRun(engine: engine, campaigns: [campaign])
    var seen: Set<[Int64]> = []
    let deadline = ContinuousClock.now + request.timeLimit
    var executed = 0
    var now = request.start
    var returned: Date?
    while true {
      try await noticeExecuted(&seen)
      let due = try await run.next(until: request.end, on: connection)
      // Of simultaneous steps the first in the request comes first.
      let place = pending.indices.filter { pending[$0].at <= request.end }.min {
        pending[$0].at < pending[$1].at
      }
      let step = place.map { pending[$0] }
      let back = try await returning()
      guard due != nil || step != nil || back != nil else { return }
      if executed > SimulationRequest.Limits.entries || ContinuousClock.now > deadline {
        isCutOff = true
        return
      }
      // Entries due at the moment of a step run first, as they would in reality.
      let moments = [due, back?.at, step?.at].compactMap(\.self)
      if let due, due == moments.min() {
        now = max(now, due)
        let instant = now
        let done = try await run.run(in: database.at(instant)) { claim in
          self.record(claim, at: instant)
        }
        executed += done
        if done == 0 { return }
      } else if let back, back.at == moments.min() {
        // If it returned no contact it never will: the campaign was stopped.
        if returned == back.at { return }
        returned = back.at
        now = max(now, back.at)
        // What they begin is executed at once, and not counted otherwise.
        executed += back.contacts.count
        _ = try await perform(at: now) {
          try await SourceReconciler($0).reconcile(back.contacts)
        }
      } else if let step, let place {
        now = max(now, step.at)
        pending.remove(at: place)
        try await take(step, at: now)
      }
      try await follow(at: now)
    }
  }

  /// Contacts that exited but are still in a source segment, with their re-enrolment time (CAM-110).
  private func returning() async throws -> (at: Date, contacts: [Int64])? {
    guard let graph, graph.allowsRestart else { return nil }
    let exits = try await store.exits(of: contacts, campaign, sources: graph.segments)
    let settings = try await engine.settings()
    let returns = exits.map { ($0.0, settings.returnTime(after: $0.1)) }
    guard let at = returns.map(\.1).min(), at <= request.end else { return nil }
    return (at, returns.filter { $0.1 == at }.map(\.0))
  }

  /// Applies the consequences of changes of contacts: segments are evaluated, and contacts that moved into
  /// or out of a source segment enter or leave (CAM-120 to CAM-122).
  func follow(at now: Date) async throws {
    _ = try await SegmentEvaluation.refresh(contacts, segments, in: database.at(now))
    var moved: Set<Int64> = []
    let announced = try await store.announcements(
      after: lastAnnouncement, of: graph?.segments ?? [], about: contacts)
    for (id, contacts) in announced {
      lastAnnouncement = id
      moved.formUnion(contacts)
    }
    moved.formIntersection(contacts)
    guard !moved.isEmpty else { return }
    _ = try await perform(at: now) { [moved] in
      try await SourceReconciler($0).reconcile(moved.sorted())
    }
  }

  /// Plans the steps that follow an event once it was executed for the contact.
  private func noticeExecuted(_ seen: inout Set<[Int64]>) async throws {
    let waiting = request.steps.filter { if case .afterEvent = $0.when { true } else { false } }
    guard !waiting.isEmpty else { return }
    for (contact, event, rotation, at) in try await store.executed(by: contacts, campaign) {
      guard seen.insert([contact, event, rotation]).inserted else { continue }
      for step in waiting where contacts(of: step).contains(contact) {
        guard case .afterEvent(let reference, let delay) = step.when else { continue }
        let wanted =
          eventIDs[reference] ?? { if case .id(let id) = reference { id } else { nil } }()
        guard wanted == event else { continue }
        let time = DelayText(delay)?.added(to: at, FireZone(.gmt)) ?? at
        pending.append(Pending(at: time, contact: contact, step: step))
      }
    }
  }

  private func record(
    _ claim: Claim, at now: Date
  ) -> [ExternalResult] {
    claim.entries.map { entry in
      let contact = entry.contact
      let hook = Webhook(claim.event.properties)
      do throws(ActionFailure) {
        let call = try hook.call(
          claim.contacts[contact]?.tokens ?? [:], key: claim.key(entry),
          allowsPrivateAddresses: true)
        hooks.append(
          SimulationReport.Hook(
            place: contacts.firstIndex(of: contact) ?? 0, event: claim.event.id, at: now,
            method: call.method, url: call.url,
            body: call.body.map { String(decoding: $0, as: UTF8.self) }))
      } catch {
        return (entry, .failure(error))
      }
      return (
        entry,
        request.webhooksFail ? .failure(ActionFailure("the simulation lets it fail")) : .success(())
      )
    }
  }

  // MARK: Steps

  private func take(_ pending: Pending, at now: Date) async throws {
    let contact = pending.contact
    switch pending.step.what {
    case .engagement(let type, var objects, let url, let details):
      if objects.isEmpty, case .afterEvent(let reference, _) = pending.step.when,
        let event =
          (eventIDs[reference] ?? { if case .id(let id) = reference { id } else { nil } }())
          .flatMap({ graph?[$0] }), let email = event.properties["email"]?.int
      {
        // "Opens this e-mail": the one that the event sends.
        objects = [Int64(email)]
      }
      let engagement = CampaignEngagement(
        type: type, contact: contact, at: now, objects: Set(objects), url: url, details: details)
      _ = try await perform(at: now) { try await DecisionResolver($0).resolve([engagement]) }
    case .leave:
      _ = try await perform(at: now) {
        try await MembershipManager($0).remove([contact], .byHand)
      }
    case .enter:
      _ = try await perform(at: now) {
        try await MembershipManager($0).add([contact], by: .manual)
      }
    case .change(let fields, let addTags, let removeTags, let addSegments, let removeSegments):
      try await change(contact, fields, at: now, named: "acts")
      _ = try await ContactTags.change(
        [contact], adding: addTags.compactMap { TagName.clean($0) },
        removing: removeTags.compactMap { TagName.clean($0) }, in: database.at(now))
      for segment in addSegments {
        try await SegmentMembership.add(
          [contact], to: segment, cause: .user, in: database.at(now))
      }
      for segment in removeSegments {
        try await SegmentMembership.remove(
          [contact], from: segment, cause: .user, in: database.at(now))
      }
    }
  }
}
