import Contacts
import Foundation
import Postgres
import TestSupport
import Testing

@testable import Segments

/// The transition table of segments.md 9, exhaustively: every state, every event, and for filters every
/// way of applying them.
@Suite struct TransitionTests {
  enum State: String, CaseIterable {
    case none, filtered, pinned, barred

    var isMember: Bool { self == .filtered || self == .pinned }
    /// A row of segment_members in this state.
    var flags: (added: Bool, removed: Bool)? {
      switch self {
      case .none: nil
      case .filtered: (false, false)
      case .pinned: (true, false)
      case .barred: (false, true)
      }
    }
  }

  enum Event: String, CaseIterable {
    case add, remove, matches, matchesNot
  }

  /// The table.
  static let table: [State: [Event: State]] = [
    .none: [.add: .pinned, .remove: .none, .matches: .filtered, .matchesNot: .none],
    .filtered: [.add: .pinned, .remove: .barred, .matches: .filtered, .matchesNot: .none],
    .pinned: [.add: .pinned, .remove: .barred, .matches: .pinned, .matchesNot: .pinned],
    .barred: [.add: .pinned, .remove: .barred, .matches: .barred, .matchesNot: .barred],
  ]

  /// A contact for each pair of a state and an event; `points` is 1 if it is to match.
  private static var cases: [(contact: Int64, before: State, event: Event)] {
    var number: Int64 = 0
    return State.allCases.flatMap { state in
      Event.allCases.map { event in
        number += 1
        return (number, state, event)
      }
    }
  }

  private func prepare(_ bed: SegmentBed) async throws {
    let cases = Self.cases
    try await bed.contacts(cases.count)
    try await bed.segment(1, points("=", 1))
    for one in cases {
      try await bed.pool.query(
        "UPDATE contacts SET points = \(one.event == .matches ? 1 : 0) WHERE id = \(one.contact)")
      guard let flags = one.before.flags else { continue }
      try await bed.pool.query(
        """
        INSERT INTO segment_members
        VALUES (\(one.contact), 1, \(flags.added), \(flags.removed), \(SegmentBed.start))
        """)
    }
  }

  private func check(_ bed: SegmentBed, _ events: Set<Event>) async throws {
    var found: [Int64: State] = [:]
    for row in try await bed.pool.query(
      "SELECT contact_id, manually_added, manually_removed FROM segment_members")
    {
      let (contact, added, removed) = try row.decode(Int64.self, Bool.self, Bool.self)
      found[contact] = added ? .pinned : removed ? .barred : .filtered
    }
    var entered: [Int64: [Bool]] = [:]
    for row in try await bed.pool.query(
      "SELECT contact_id, entered FROM segment_history ORDER BY contact_id, id")
    {
      let (contact, isEntry) = try row.decode(Int64.self, Bool.self)
      entered[contact, default: []].append(isEntry)
    }
    for one in Self.cases where events.contains(one.event) {
      let after = try #require(Self.table[one.before]?[one.event])
      let name = "\(one.before) \(one.event)"
      #expect(found[one.contact] ?? .none == after, "\(name)")
      // 2.3: each transition into or out of active membership is in the history, and nothing else.
      let moves = one.before.isMember == after.isMember ? [] : [after.isMember]
      #expect(entered[one.contact] ?? [] == moves, "\(name)")
    }
  }

  @Test("SEG-101 to SEG-106: explicit additions and removals")
  func explicit() async throws {
    try await SegmentBed.with { bed in
      try await prepare(bed)
      try await bed.add(Self.cases.filter { $0.event == .add }.map(\.contact), to: 1)
      try await bed.remove(Self.cases.filter { $0.event == .remove }.map(\.contact), from: 1)
      try await check(bed, [.add, .remove])
    }
  }

  @Test("SEG-77, SEG-100 to SEG-102: the live refresh", arguments: [true, false])
  func refreshes(isNew: Bool) async throws {
    try await SegmentBed.with { bed in
      try await prepare(bed)
      let topics: Set<ChangeTopic> = isNew ? [.created] : [.column("points")]
      try await bed.jobs.transaction(at: bed.now) { transaction in
        try await ContactChanges.mark(Self.cases.map(\.contact), topics, in: transaction)
      }
      try await bed.refresh()
      try await check(bed, [.matches, .matchesNot])
    }
  }

  @Test("SEG-77: a refresh of many contacts, each statement with only the affected ones")
  func refreshesMany() async throws {
    try await SegmentBed.with { bed in
      try await prepare(bed)
      try await bed.contacts(500, from: 1000)
      try await bed.jobs.transaction(at: bed.now) { transaction in
        try await ContactChanges.mark(
          Self.cases.map(\.contact) + Array(1000..<1500), [.column("points")], in: transaction)
      }
      try await bed.refresh()
      try await check(bed, [.matches, .matchesNot])
    }
  }

  @Test("SEG-100 to SEG-102: the full rebuild")
  func rebuilds() async throws {
    try await SegmentBed.with { bed in
      try await prepare(bed)
      let rebuild = try await bed.working { try await bed.rebuilt(1) }
      // Of the four that match, one enters; of the others, the filtered ones leave.
      #expect(rebuild?.added == 1 && rebuild?.removed == 3)
      try await check(bed, [.matches, .matchesNot])
    }
  }

  @Test(
    "SEG-102: once removed by hand, a contact that matches again stays out; added again it is in")
  func barredForGood() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(1)
      try await bed.segment(1, points("gt", 10))
      func set(_ points: Int) async throws {
        try await bed.change([1], "points = \(points)::integer", [.column("points")])
        try await bed.refresh()
      }
      try await set(20)
      #expect(try await bed.members(1) == [1])
      try await bed.remove([1], from: 1)
      try await set(0)
      try await set(30)
      #expect(try await bed.members(1) == [])
      _ = try await bed.working { try await bed.rebuilt(1) }
      #expect(try await bed.members(1) == [])
      try await bed.add([1], to: 1)
      try await set(0)
      #expect(try await bed.rows() == ["1 1 pinned"])
    }
  }

  @Test("SEG-101, SEG-105: a filtered member that is added by hand stays when it stops matching")
  func additionOfAFilteredMemberIsKept() async throws {
    try await SegmentBed.with { bed in
      try await bed.contacts(3)
      try await bed.segment(1, filter("city", "=", "Pinville"))
      try await bed.change([1, 2, 3], "city = 'Pinville'", [.column("city")])
      try await bed.refresh()
      #expect(try await bed.members(1) == [1, 2, 3])
      try await bed.add([1, 1, 2], to: 1)
      try await bed.remove([2], from: 1)
      try await bed.change([1, 2, 3], "city = 'Else'", [.column("city")])
      try await bed.refresh()
      #expect(try await bed.rows() == ["1 1 pinned", "1 2 barred"])
      // It had entered once, and pinning is no entry.
      #expect(
        try await bed.texts(
          "SELECT concat(contact_id, entered) FROM segment_history WHERE contact_id = 1") == ["1t"])
    }
  }
}
