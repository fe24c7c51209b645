import Foundation

/// The start of a contact's delay.
struct DelayStart: Sendable {
  var contact: Int64
  var base: Date
  /// Whether the delay has passed as a waiting period (CAM-413).
  var delayUsed = false
}

/// The fire times of events for contacts. Values read from contacts are kept for the transaction.
final class FireTimes {
  private let store: ContactTimeStore
  private let now: Date
  private var zones: FireZones
  /// The names of zones; nil for a contact without one.
  private var zoneNames: [Int64: String?] = [:]

  init(store: ContactTimeStore, zone: TimeZone, now: Date) {
    self.store = store
    self.now = now
    zones = FireZones(standard: zone)
  }

  /// Returns the planned fire times by contact; contacts without a date are left out.
  func planned(_ trigger: Trigger, _ starts: [DelayStart]) async throws -> [Int64: Date] {
    try await times(trigger, starts) { fire, start, value in
      fire.planned(base: start.base, delayUsed: start.delayUsed, value: value)
    }
  }

  /// Returns the deadlines that an event on the `no` path gives its decision, by contact.
  func deadlines(_ trigger: Trigger, _ starts: [DelayStart]) async throws -> [Int64: Date] {
    try await times(trigger, starts) { fire, start, value in
      fire.deadline(base: start.base, value: value)
    }
  }

  /// Returns the fire time of an entry that is picked up now and was due at `due`.
  func late(_ trigger: Trigger, contact: Int64, due: Date) -> Date {
    FireTime(trigger: trigger, zone: zones.zone(zoneNames[contact] ?? nil)).late(due, now: now)
  }

  private func times(
    _ trigger: Trigger, _ starts: [DelayStart],
    _ time: (FireTime, DelayStart, FireTime.ContactDate?) -> Date?
  ) async throws -> [Int64: Date] {
    let contacts = starts.map(\.contact)
    if trigger.dependsOnZone { try await readZones(contacts) }
    var dates: [Int64: FireTime.ContactDate] = [:]
    if trigger.mode == .contactDate, let field = trigger.contactField {
      dates = try await store.dates(field, of: contacts)
    }
    return Self.compute(
      trigger, starts, zones: &zones, names: trigger.dependsOnZone ? zoneNames : [:],
      dates: dates, time)
  }

  /// Computes fire times from contact data. Most contacts of a batch share zone and base, so a computed time
  /// is reused.
  static func compute(
    _ trigger: Trigger, _ starts: [DelayStart], zones: inout FireZones, names: [Int64: String?],
    dates: [Int64: FireTime.ContactDate],
    _ time: (FireTime, DelayStart, FireTime.ContactDate?) -> Date?
  ) -> [Int64: Date] {
    struct Key: Hashable {
      var zone: String?
      var base: Date
      var delayUsed: Bool
    }
    var times: [Int64: Date] = [:]
    times.reserveCapacity(starts.count)
    var known: [Key: Date] = [:]
    for start in starts {
      let name = names[start.contact] ?? nil
      let key = Key(zone: name, base: start.base, delayUsed: start.delayUsed)
      if trigger.mode != .contactDate, let time = known[key] {
        times[start.contact] = time
        continue
      }
      let fire = FireTime(trigger: trigger, zone: zones.zone(name))
      guard let time = time(fire, start, dates[start.contact]) else { continue }
      known[key] = time
      times[start.contact] = time
    }
    return times
  }

  private func readZones(_ contacts: [Int64]) async throws {
    let missing = contacts.filter { zoneNames[$0] == nil }
    guard !missing.isEmpty else { return }
    let names = try await store.zones(of: missing)
    for contact in missing { zoneNames[contact] = .some(names[contact]) }
  }
}
