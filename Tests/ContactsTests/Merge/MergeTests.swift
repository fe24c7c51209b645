import Contacts
import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing
import Users

@Suite struct MergeTests {
  private let now = testNow.addingTimeInterval(1_000 * 60)

  private func person(_ id: Int64, added: Int = 0, _ change: (inout MergePerson) -> Void = { _ in })
    -> MergePerson
  {
    var person = MergePerson(id: id, added: added, points: 0, texts: [:])
    change(&person)
    return person
  }

  @Test(
    "CON-72 to CON-77, STG-17, SEG-112: random merges, single and in sets, match a plain reference",
    arguments: 0..<6)
  func mergesLikeTheReference(round: Int) async throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("merge seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let people = (1...24).map {
      MergePerson.random(Int64($0), companyNames: MergeWorld.companyNames, using: &random)
    }
    let shuffled = people.map(\.id).shuffled(using: &random)
    let rounds = (0..<8).map { _ in Int.random(in: 1...4, using: &random) }
    try await MergeWorld.with { (world) async throws in
      try await world.insert(people)
      var expected = Dictionary(uniqueKeysWithValues: people.map { ($0.id, $0) })
      var left = shuffled
      for (index, size) in rounds.enumerated() {
        let pairs = (0..<min(size, left.count / 2)).map {
          MergePair(winner: left[$0 * 2], loser: left[$0 * 2 + 1])
        }
        let at = 1_000 + index
        let instant = MergeWorld.date(at) ?? now
        let done = try await TransactionRunner(world.pool).transaction(at: instant) { transaction in
          try await world.merger.merge(pairs, by: .system, in: transaction)
        }
        #expect(done == pairs)
        for pair in pairs {
          guard let winner = expected[pair.winner], let loser = expected[pair.loser] else {
            continue
          }
          expected[pair.winner] = winner.absorbing(
            loser, at: at, companyNames: MergeWorld.companyNames)
          expected[pair.loser] = nil
          left.removeAll { $0 == pair.loser }
        }
        left = Array(left.dropFirst(pairs.count)) + left.prefix(pairs.count)
        let actual = try await world.people()
        for id in Set(actual.keys).union(expected.keys) where actual[id] != expected[id] {
          Issue.record(
            "seed \(seed), round \(index): \(actual[id] as Any) is not \(expected[id] as Any)")
          return
        }
      }
    }
  }

  @Test(
    "CON-11, case 7: chains lead to the last winner; when the winner is deleted they lead nowhere")
  func redirectsOldIDsToTheWinner() async throws {
    try await MergeWorld.with { (world) async throws in
      try await world.insert([person(1), person(2), person(3)])
      func merge(_ loser: Int64, _ winner: Int64) async throws {
        try await world.merger.merge(
          loser, into: winner, by: .system, now: now, with: TransactionRunner(world.pool))
      }
      try await merge(1, 2)
      try await merge(2, 3)
      func current() async throws -> [Int64: Int64] {
        try await world.pool.withConnection {
          try await ContactMerger.current(of: [1, 2, 3, 4], on: $0)
        }
      }
      #expect(try await current() == [1: 3, 2: 3, 3: 3])
      try await world.pool.query("SELECT delete_contacts(ARRAY[3])")
      #expect(try await current() == [:])
    }
  }

  /// contacts.md 13.8: a visitor with 3 points merged into a contact with 50 makes 53, permanently.
  @Test func addsPoints() async throws {
    try await MergeWorld.with { (world) async throws in
      try await world.insert([
        person(1) { $0.points = 3 }, person(2) { ($0.points, $0.identified) = (50, 1) },
      ])
      try await world.merger.merge(
        1, into: 2, by: .system, now: now, with: TransactionRunner(world.pool))
      #expect(try await world.people()[2]?.points == 53)
      await #expect(throws: MergeError.notFound(1)) {
        try await world.merger.merge(
          1, into: 2, by: .system, now: now, with: TransactionRunner(world.pool))
      }
      #expect(try await world.people()[2]?.points == 53)
    }
  }

  @Test("CON-71, and unknown ids: nothing changes")
  func refusesInvalidMerges() async throws {
    try await MergeWorld.with { (world) async throws in
      try await world.insert([person(1), person(2)])
      await #expect(throws: MergeError.sameContact(1)) {
        try await world.merger.merge(
          1, into: 1, by: .system, now: now, with: TransactionRunner(world.pool))
      }
      await #expect(throws: MergeError.notFound(9)) {
        try await world.merger.merge(
          9, into: 1, by: .system, now: now, with: TransactionRunner(world.pool))
      }
      await #expect(throws: MergeError.overlappingPairs(1)) {
        try await TransactionRunner(world.pool).transaction(at: now) { transaction in
          try await world.merger.merge(
            [.init(winner: 1, loser: 2), .init(winner: 3, loser: 1)], by: .system, in: transaction)
        }
      }
      #expect(try await world.people().count == 2)
    }
  }

  @Test("CON-78, SEG-112: record, audit, marks; history and announcement of the moved memberships")
  func leavesRecords() async throws {
    try await MergeWorld.with { (world) async throws in
      try await world.insert([
        person(1) {
          $0.texts["firstname"] = "Ann"
          $0.texts["lastname"] = "Lee"
          $0.segments = [1: [true, false], 2: [false, true]]
        },
        person(2) { $0.texts["city"] = "Rome" },
      ])
      let author = Author(id: 1, name: "Ada Admin")
      try await world.merger.merge(
        1, into: 2, by: author, now: now, with: TransactionRunner(world.pool))
      func one(_ sql: SQL) async throws -> String? {
        try await world.pool.query(sql).first?.decode(at: 0)
      }
      #expect(try await one("SELECT name FROM contact_merges WHERE old_id = 1") == "Ann Lee")
      let lost = try await one(
        "SELECT details ->> 'mergedInto' FROM audit_log WHERE object_id = 1 AND action = 'merge'")
      #expect(lost == "2")
      let won = try await one(
        """
        SELECT details #>> '{fields,firstname}' FROM audit_log
        WHERE object_id = 2 AND action = 'merge' AND user_name = 'Ada Admin'
        """)
      #expect(won == #"[null, "Ann"]"#)
      #expect(
        try await one("SELECT topics[1] || contact_ids[1] FROM contact_changes") == "created2")
      let recorded = try await one(
        "SELECT string_agg(segment_id || ':' || entered || cause, ' ') FROM segment_history")
      #expect(recorded == "1:true8")
      let announced = try await one(
        "SELECT string_agg(segment_id || ':' || contact_ids::text, ' ') FROM segment_announcements")
      #expect(announced == "1:{2}")
    }
  }

  @Test("A winner returns to the unique index once no other contact has its address (CON-62)")
  func keepsTheIdentityIndexTight() async throws {
    try await MergeWorld.with { (world) async throws in
      try await world.insert([
        person(1) { $0.texts["email"] = "a@x.test" }, person(2) { $0.texts["email"] = "A@x.test" },
        person(3) { $0.texts["email"] = "a@x.test" }, person(4) { $0.texts["email"] = "b@x.test" },
      ])
      func shared() async throws -> String? {
        try await world.pool.query(
          "SELECT string_agg(id || ':' || identity_shared, ' ' ORDER BY id) FROM contacts"
        ).first?.decode(at: 0)
      }
      #expect(try await shared() == "1:false 2:true 3:true 4:false")
      try await world.merger.merge(
        1, into: 2, by: .system, now: now, with: TransactionRunner(world.pool))
      #expect(try await shared() == "2:true 3:true 4:false")
      try await world.merger.merge(
        2, into: 3, by: .system, now: now, with: TransactionRunner(world.pool))
      #expect(try await shared() == "3:false 4:false")
      // The loser changed last: its address moves to the winner.
      try await world.merger.merge(
        3, into: 4, by: .system, now: now, with: TransactionRunner(world.pool))
      #expect(try await shared() == "4:false")
      #expect(try await world.people()[4]?.texts["email"] == "A@x.test")
    }
  }

  @Test(
    "CON-79: merges of the same contacts wait for each other; the second of two opposite ones finds nothing"
  )
  func waitsForOthers() async throws {
    try await MergeWorld.with { (world) async throws in
      try await world.insert((1...20).map { id in person(Int64(id)) { $0.points = 1 } })
      var pairs: [(loser: Int64, winner: Int64)] = []
      for id: Int64 in 1...10 { pairs += [(id, id + 10), (id + 10, id)] }
      let outcomes = await withTaskGroup(of: Bool.self) { group in
        for (loser, winner) in pairs {
          group.addTask {
            do {
              try await world.merger.merge(
                loser, into: winner, by: .system, now: now, with: TransactionRunner(world.pool))
              return true
            } catch {
              #expect(error is MergeError, "\(error)")
              return false
            }
          }
        }
        return await group.reduce(into: [Bool]()) { $0.append($1) }
      }
      #expect(outcomes.filter { $0 }.count == 10)
      #expect(try await world.people().values.map(\.points) == Array(repeating: 2, count: 10))
    }
  }

  @Test("CON-76: every table keyed by contact is handled by merges and by deletions")
  func knowsEveryTableOfContacts() async throws {
    try await MergeWorld.with { (world) async throws in
      let tables = try await world.pool.query(
        """
        SELECT table_name::text
        FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
        WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND column_name = 'contact_id'
        ORDER BY 1
        """
      ).map { try $0.decode(at: 0, as: String.self) }
      let own = ["contact_companies", "contact_merges", "do_not_contact"]
      #expect(Set(tables) == Set(MergeWorld.tables.map(\.name) + own))
      let children = try await world.pool.query(
        "SELECT table_name FROM contact_children ORDER BY 1"
      ).map { try $0.decode(at: 0, as: String.self) }
      #expect(Set(children) == Set(tables))
    }
  }
}
