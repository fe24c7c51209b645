import Contacts
import Foundation
import Postgres
import Primitives
import TestSupport
import Testing
import Users

@testable import Segments

/// A random history of contacts and segments, applied to a database and to plain values alike.
struct ModelCheck {
  let bed: SegmentBed
  let clock: MovableClock
  var world: ModelWorld
  var members = ModelMembers()
  var generator: SeededGenerator
  var nextContact: Int64 = 1
  /// The steps so far, shown with a failure.
  var diary: [String] = []
  /// The number of compared pairs of a contact and a segment.
  private(set) var comparisons = 0
  /// The number of imported rows.
  var imported = 0
  /// Segments with edited filters that still have to be rebuilt.
  private var edited: Set<Int64> = []

  init(bed: SegmentBed, clock: MovableClock, world: ModelWorld, generator: SeededGenerator) {
    self.bed = bed
    self.clock = clock
    self.world = world
    self.generator = generator
  }

  private mutating func someContacts(_ oneIn: UInt64) -> [Int] {
    generator.some(Array(world.contacts.indices), oneIn: oneIn)
  }

  private mutating func contact(_ id: Int64) -> ModelContact {
    var contacts = RandomContacts(generator: generator, world: world)
    defer { generator = contacts.generator }
    return contacts.contact(id)
  }

  private mutating func filters(for segment: Int64) -> JSONValue {
    guard !generator.once(in: 6) else { return .array([]) }
    var filters = RandomFilters(generator: generator, world: world)
    // Each references only earlier ones, so that there is no cycle.
    filters.segments = world.segments.keys.filter { $0 < segment }.sorted()
    filters.asksForAny = generator.once(in: 3)
    defer { generator = filters.generator }
    return filters.filters()
  }

  // MARK: What happens

  mutating func begin(contacts: Int, segments: Int64) async throws {
    for id in 1...segments {
      let filters = filters(for: id)
      world.segments[id] = ModelSegment(filters: filters)
      guard case .array(let list) = filters else { continue }
      try await bed.segment(id, list)
    }
    try await create(contacts)
  }

  /// Performs one random step.
  mutating func step() async throws {
    switch generator.next() % 16 {
    case 0...5: try await change()
    case 6: try await create(Int(generator.next() % 3) + 1)
    case 7: try await delete()
    case 8...10: try await addByHand()
    case 11...13: try await removeByHand()
    case 14: try await edit()
    default: try await merge()
    }
  }

  private mutating func create(_ count: Int) async throws {
    let new = (0..<count).map { contact(nextContact + Int64($0)) }
    nextContact += Int64(count)
    world.contacts += new
    diary.append("create \(new.map(\.id))")
    let (now, bed) = (world.now, bed)
    try await bed.jobs.transaction(at: now) { transaction in
      try await ModelLoader.insert(new, now, on: transaction.connection)
      try await ContactChanges.mark(new.map(\.id), [.created], in: transaction)
    }
  }

  /// Changes some values of contacts and marks only actual changes.
  private mutating func change() async throws {
    for index in someContacts(12) {
      let old = world.contacts[index]
      let other = contact(old.id)
      var new = old
      // Sometimes a single value changes, so that the topics that segments read must be exact.
      if generator.once(in: 2) {
        switch generator.next() % 7 {
        case 0: new.tags = other.tags
        case 1: new.company = other.company
        case 2: new.categories = other.categories
        case 3: new.doNotContact = other.doNotContact
        case 4: new.devices = other.devices
        case 5: new.utm = other.utm
        default:
          let name = generator.pick(other.values.keys.sorted())
          new.values[name] = other.values[name]
        }
        try await change(index, to: new)
        continue
      }
      for name in Set(old.values.keys).union(other.values.keys).sorted()
      where generator.once(in: 4) {
        new.values[name] = other.values[name]
      }
      if generator.once(in: 3) { new.company = other.company }
      if generator.once(in: 3) { new.tags = other.tags }
      if generator.once(in: 3) { new.categories = other.categories }
      if generator.once(in: 3) { new.doNotContact = other.doNotContact }
      if generator.once(in: 3) { new.devices = other.devices }
      if generator.once(in: 3) { new.utm = other.utm }
      try await change(index, to: new)
    }
  }

  private mutating func change(_ index: Int, to new: ModelContact) async throws {
    let topics = Self.topics(world.contacts[index], new)
    world.contacts[index] = new
    diary.append("change \(new.id): \(topics.map(\.rawValue).sorted())")
    let now = world.now
    try await bed.jobs.transaction(at: now) { transaction in
      try await ModelLoader.replace([new], now, on: transaction.connection)
      try await ContactChanges.mark([new.id], topics, in: transaction)
    }
  }

  /// Refreshes until there are no marks, with all segments of a bundle or only with those that read the
  /// change.
  private mutating func refresh() async throws {
    var refresher = bed.refresher
    if !generator.once(in: 3) { refresher.few = 0 }
    // Marks taken by other sessions remain until these have processed them.
    let isDone = try await eventually {
      while try await refresher.round().contacts > 0 {}
      return try await bed.texts("SELECT 'mark' FROM contact_changes LIMIT 1") == []
    }
    #expect(isDone)
  }

  private static func topics(_ old: ModelContact, _ new: ModelContact) -> Set<ChangeTopic> {
    var topics: Set<ChangeTopic> = []
    for name in Set(old.values.keys).union(new.values.keys)
    where old.values[name] != new.values[name] {
      topics.insert(.column(name))
    }
    if old.company != new.company { topics.insert(.company) }
    if old.tags != new.tags { topics.insert(.tags) }
    if old.categories != new.categories { topics.insert(.categories) }
    if old.doNotContact != new.doNotContact { topics.insert(.doNotContact) }
    if old.devices != new.devices { topics.insert(.devices) }
    if old.utm != new.utm { topics.insert(.utm) }
    return topics
  }

  private mutating func delete() async throws {
    guard world.contacts.count > 10 else { return }
    let id = world.contacts.remove(at: Int(generator.next() % UInt64(world.contacts.count))).id
    members.delete(id)
    diary.append("delete \(id)")
    try await bed.pool.query("SELECT delete_contacts(ARRAY[\(id)::bigint])")
  }

  private mutating func addByHand() async throws {
    let segment = generator.pick(world.segments.keys.sorted())
    let ids = someContacts(15).map { world.contacts[$0].id }
    for id in ids { members.add(id, to: segment) }
    diary.append("add \(ids) to \(segment)")
    try await bed.add(ids, to: segment)
  }

  private mutating func removeByHand() async throws {
    let segment = generator.pick(world.segments.keys.sorted())
    let ids = someContacts(8).map { world.contacts[$0].id }
    for id in ids { members.remove(id, from: segment) }
    diary.append("remove \(ids) from \(segment)")
    try await bed.remove(ids, from: segment)
  }

  private mutating func edit() async throws {
    let segment = generator.pick(world.segments.keys.sorted())
    let filters = filters(for: segment)
    world.segments[segment]?.filters = filters
    diary.append("edit \(segment)")
    guard case .array(let list) = filters else { return }
    try await bed.edit(segment, list)
    edited.insert(segment)
  }

  /// Merges a contact into one with the same values, so that only memberships are combined; devices and
  /// campaign parameters exist twice then.
  private mutating func merge() async throws {
    guard world.contacts.count > 10 else { return }
    let loser = world.contacts.remove(at: Int(generator.next() % UInt64(world.contacts.count))).id
    let index = Int(generator.next() % UInt64(world.contacts.count))
    var winner = world.contacts[index]
    var twin = winner
    twin.id = loser
    twin.values["points"] = .number(0)
    members.merge(loser, into: winner.id)
    winner.devices += twin.devices
    winner.utm += twin.utm
    winner.values["date_modified"] = .instant(world.now)
    world.contacts[index] = winner
    diary.append("merge \(loser) into \(winner.id)")
    let (now, changed, id) = (world.now, twin, winner.id)
    try await bed.pool.transaction { connection in
      try await ModelLoader.replace([changed], now, on: connection)
    }
    try await ContactMerger(
      fields: bed.cache.fields, tables: MergeTable.contacts + MergeTable.segments,
      companies: { CompanyRules() }
    ).merge(loser, into: id, by: .system, now: now, with: bed.jobs.transactions)
  }

  /// Advances to the next day; filters on the calendar follow by rebuilds.
  mutating func nextDay() async throws {
    world.now += 86_400
    clock.move(to: world.now)
    diary.append("next day")
    _ = try await bed.rebuiltAll()
    edited = []
  }

  // MARK: Expectations

  /// Checks that after a refresh and pending rebuilds, memberships are those of the reference.
  mutating func check(_ place: String) async throws {
    // The pending rebuilds and the refresh run in any order.
    let (first, rest) = (generator.once(in: 2), edited.sorted())
    if first { try await refresh() }
    for segment in rest { _ = try await bed.rebuilt(segment) }
    edited = []
    try await bed.settle()
    try await refresh()
    try await compare("\(place), live")
  }

  /// Checks that a full rebuild finds no difference.
  mutating func checkRebuild(_ place: String) async throws {
    let all = try await bed.rebuiltAll()
    for rebuild in all {
      #expect(
        rebuild.state == .done && rebuild.processed == 0,
        "\(place): \(rebuild); \(diary.suffix(30))")
    }
    try await compare("\(place), rebuilt")
  }

  private mutating func compare(_ place: String) async throws {
    members.explain(to: &world)
    members.settle(world)
    comparisons += world.contacts.count * world.segments.count
    let (found, expected) = (try await bed.rows(), members.texts)
    guard found != expected else { return }
    let wrong = Set(found).symmetricDifference(expected).sorted().prefix(8)
    let named = wrong.compactMap { $0.split(separator: " ").first }.compactMap { Int64($0) }
    let filters = try Set(named).sorted().map { id in
      try "\(id): \(JSON(world.segments[id]?.filters ?? .null).text)"
    }
    Issue.record(
      """
      \(place): differs in \(wrong) (found: \(wrong.filter { found.contains($0) }))
      \(filters.joined(separator: "\n"))
      \(diary.suffix(30).joined(separator: "\n"))
      """)
  }
}
