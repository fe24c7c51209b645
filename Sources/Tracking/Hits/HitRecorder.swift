import Contacts
import Fields
import Foundation
import JobQueue
import Points
import Postgres
import Primitives
import Users

/// Records hits in sets, with their effects in the order of tracking.md 3: rows, UTM tags, points, decisions, activity.
struct HitRecorder: Sendable {
  let fields: FieldStore
  let observers: [any TrackingObserver]
  /// Counts the visits of landing pages.
  let counter: (any PageVisitCounter)?

  /// The error for a contact that was merged away before it could be locked; the batch is tried again.
  struct Moved: Error {}

  /// Records hits, all of which are resolved. Those recorded before have no effect.
  func record(_ hits: [Hit], in transaction: Transaction) async throws {
    var seen: Set<UUID> = []
    var hits = hits.filter { seen.insert($0.id).inserted }
    guard !hits.isEmpty else { return }
    let connection = transaction.connection
    let owned = Set(hits.filter { $0.kind == .event && $0.contact != nil }.map(\.id))
    try await follow(&hits, on: connection)
    // Events go with their contact, hits stay without it.
    hits.removeAll { $0.contact == nil && owned.contains($0.id) }
    // A transaction with the same hits has committed: the contacts are locked.
    let known = try await HitStore.known(
      hits.filter { $0.kind == .page }.map(\.id), on: connection)
    let told = try await EventStore.known(
      hits.filter { $0.kind == .event }.map(\.id), on: connection)
    hits.removeAll { hit in
      switch hit.kind {
      case .page: known.contains(hit.id)
      case .event: told.contains(hit.id)
      case .visit: true
      }
    }
    guard !hits.isEmpty else { return }
    // In the order of time; of one moment, in the order of arrival.
    hits = hits.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }
      .map(\.element)
    let visited = hits.filter { $0.kind == .page }
    try await HitStore.copy(visited, on: connection)
    try await HitStore.leave(visited, on: connection)
    try await count(visited, in: transaction)
    try await EventStore.copy(hits.filter { $0.kind == .event }, on: connection)
    let own = hits.filter { $0.contact != nil }
    guard !own.isEmpty else { return }
    let pages = own.filter { $0.kind == .page }
    let events = own.filter { $0.kind == .event }
    var topics: Set<ChangeTopic> = []
    if !pages.isEmpty { topics.insert(.hits) }
    if !events.isEmpty { topics.insert(.events) }
    try await addAddresses(own, in: transaction)
    if try await addUTM(pages, in: transaction) { topics.insert(.utm) }
    try await fillZones(own, in: transaction)
    try await givePoints(pages, in: transaction)
    try await PointActions.record(
      events.compactMap { hit in
        hit.contact.map {
          PointEngagement(
            .eventTrack, contact: $0, id: hit.id.uuidString, event: hit.event, at: hit.at)
        }
      }, in: transaction)
    try await tell(pages, events, in: transaction)
    var last: [Int64: Date] = [:]
    for hit in own {
      guard let contact = hit.contact else { continue }
      last[contact] = max(last[contact] ?? hit.at, hit.at)
    }
    try await ContactActivity.touch(last, telling: topics, in: transaction)
  }

  /// Puts the hits of merged contacts on the winners, takes deleted contacts off, and locks the rest.
  private func follow(_ hits: inout [Hit], on connection: PostgresConnection) async throws {
    let named = Set(hits.compactMap(\.contact)).sorted()
    guard !named.isEmpty else { return }
    let current = try await ContactMerger.current(of: named, on: connection)
    let wanted = Set(current.values)
    let found = Set(try await ContactLock.lock(wanted.sorted(), on: connection))
    let gone = wanted.subtracting(found)
    if !gone.isEmpty,
      try await !ContactMerger.current(of: gone.sorted(), on: connection).isEmpty
    {
      throw Moved()
    }
    for index in hits.indices {
      guard let contact = hits[index].contact else { continue }
      hits[index].contact = current[contact].flatMap { found.contains($0) ? $0 : nil }
    }
  }

  private func count(_ hits: [Hit], in transaction: Transaction) async throws {
    let visits = hits.compactMap { hit in
      hit.pages.first.map { PageVisit(page: $0, device: hit.trackingID, at: hit.at) }
    }
    if let counter, !visits.isEmpty { try await counter.count(visits, in: transaction) }
  }

  private func addAddresses(_ hits: [Hit], in transaction: Transaction) async throws {
    var places: [Int64: Set<String>] = [:]
    for hit in hits {
      guard let contact = hit.contact, AddressRules.isTelling(hit.address),
        IPAddressText.isValid(hit.address)
      else { continue }
      places[contact, default: []].insert(hit.address)
    }
    try await IPAddresses.add(
      places.flatMap { contact, addresses in addresses.map { (contact, $0) } }, in: transaction)
  }

  /// Records the campaign parameters of hits that have any (tracking.md 8).
  private func addUTM(_ hits: [Hit], in transaction: Transaction) async throws -> Bool {
    let arrivals = try hits.compactMap { hit -> UTMTagStore.Arrival? in
      guard hit.query.contains("utm_"), let contact = hit.contact, let tag = try NewUTMTag(hit)
      else { return nil }
      return UTMTagStore.Arrival(contact: contact, tag: tag, at: hit.at)
    }
    try await UTMTagStore.insert(arrivals, in: transaction)
    return !arrivals.isEmpty
  }

  /// Fills zone and locale of contacts without any, whether or not requests may change these fields (tracking.md 3).
  private func fillZones(_ hits: [Hit], in transaction: Transaction) async throws {
    // The latest of each.
    var zones: [Int64: (timezone: String, locale: String)] = [:]
    for hit in hits where !hit.timezone.isEmpty || !hit.locale.isEmpty {
      guard let contact = hit.contact else { continue }
      var known = zones[contact] ?? ("", "")
      if !hit.timezone.isEmpty { known.timezone = hit.timezone }
      if !hit.locale.isEmpty { known.locale = hit.locale }
      zones[contact] = known
    }
    guard !zones.isEmpty else { return }
    let lacking = try await HitStore.lackingZone(zones.keys.sorted(), on: transaction.connection)
    guard !lacking.isEmpty else { return }
    let definitions = try await fields.current(on: transaction.connection)
    var changes: [ContactFields.Change] = []
    for (alias, given, isLacking) in [
      ("timezone", zones.mapValues(\.timezone), lacking.filter(\.zone).map(\.contact)),
      ("preferred_locale", zones.mapValues(\.locale), lacking.filter(\.locale).map(\.contact)),
    ] {
      guard let field = definitions[alias], field.isPublished else { continue }
      var values: [Int64: String?] = [:]
      for contact in isLacking {
        guard let text = given[contact], !text.isEmpty else { continue }
        let result = Result { () throws(FieldProblem) in
          try field.canonical(text, policy: .strict, lists: ValueLists())
        }
        if case .success(let value?) = result { values[contact] = value }
      }
      if !values.isEmpty { changes.append(.init(field, values)) }
    }
    try await ContactFields.write(
      changes, to: lacking.map(\.contact), fields: definitions,
      reason: PointsReason(type: "page", eventName: "Page hit", actionName: "hit"),
      author: .system, in: transaction)
  }

  private func givePoints(_ hits: [Hit], in transaction: Transaction) async throws {
    let connection = transaction.connection
    var visits: [String: [Int64: UrlVisits]] = [:]
    for pattern in try await PointActions.patterns(on: connection) {
      let matching = hits.filter { PointActions.matches($0.url, pattern: pattern) }
      guard !matching.isEmpty else { continue }
      visits[pattern] = try await HitStore.visits(
        of: Set(matching.compactMap(\.contact)).sorted(), to: pattern, except: hits.map(\.id),
        on: connection)
    }
    var engagements: [PointEngagement] = []
    for hit in hits {
      guard let contact = hit.contact else { continue }
      if !hit.pages.isEmpty {
        engagements.append(
          PointEngagement(
            .pageHit, contact: contact, id: hit.id.uuidString, subjects: hit.pages, at: hit.at))
      }
      guard !hit.url.isEmpty else { continue }
      var earlier: [String: UrlVisits] = [:]
      for pattern in visits.keys where PointActions.matches(hit.url, pattern: pattern) {
        let before = visits[pattern]?[contact] ?? UrlVisits()
        earlier[pattern] = before
        // The next hit of this batch comes after this one.
        visits[pattern]?[contact] = UrlVisits(
          count: before.count + 1, seconds: before.seconds, last: hit.at)
      }
      engagements.append(
        PointEngagement(
          .urlHit, contact: contact, id: hit.id.uuidString, url: hit.url, visits: earlier,
          at: hit.at))
    }
    try await PointActions.record(engagements, in: transaction)
  }

  private func tell(_ hits: [Hit], _ events: [Hit], in transaction: Transaction) async throws {
    guard !observers.isEmpty else { return }
    let devices = try await HitStore.devices(
      Set(hits.compactMap(\.device)).sorted(), on: transaction.connection)
    let recorded = hits.compactMap { hit -> RecordedHit? in
      guard let contact = hit.contact else { return nil }
      return RecordedHit(
        id: hit.id, contact: contact, at: hit.at, url: hit.url, referrer: hit.referrer,
        pages: hit.pages, device: hit.device.flatMap { devices[$0] })
    }
    let told = try events.compactMap { hit -> RecordedEvent? in
      guard let contact = hit.contact else { return nil }
      return RecordedEvent(
        id: hit.id, contact: contact, at: hit.at, name: hit.event,
        properties: EventProperties.flat(try JSON(text: hit.query).decode()))
    }
    for observer in observers {
      try await observer.visited(recorded, tracked: told, in: transaction)
    }
  }
}
