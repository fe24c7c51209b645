import Contacts
import Fields
import Foundation
import JobQueue
import Postgres
import Primitives
import Query
import Segments
import Synchronization
import TestSupport
import Testing
import Users

@Suite struct BulkTests {
  private static let author = Author(id: 1, name: "Ada Admin")

  /// Sets up five contacts, two segments, and the other records that actions name.
  private func withContacts(
    _ body: @escaping @Sendable (DuplicateWorld) async throws -> Void
  ) async throws {
    try await DuplicateWorld.with { world in
      try await world.pool.withConnection { connection in
        try await connection.execute(
          script: """
            INSERT INTO contacts (date_added, firstname)
              SELECT '2023-01-01Z', 'C' || n FROM generate_series(1, 5) AS n;
            INSERT INTO segments (name, public_name, alias, date_added)
              VALUES ('A', 'A', 'a', '2023-01-01Z'), ('B', 'B', 'b', '2023-01-01Z');
            INSERT INTO categories (title, alias, bundle, date_added)
              VALUES ('G', 'g', 'global', '2023-01-01Z');
            INSERT INTO stages (name, weight, date_added)
              VALUES ('Lead', 1, '2023-01-01Z'), ('Won', 2, '2023-01-01Z');
            INSERT INTO companies (companyname, date_added) VALUES ('Acme', '2023-01-01Z');
            INSERT INTO users (username, first_name, last_name, role_id, password_hash, date_added)
              VALUES ('ada', 'Ada', 'Admin', 1, 'x', '2023-01-01Z');
            """)
      }
      try await world.working(workers: 1) { try await body(world) }
    }
  }

  private static func bulk(_ world: DuplicateWorld) -> BulkService {
    BulkService(
      jobs: world.jobs, fields: FieldStore(pool: world.pool),
      actions: BulkActions([SegmentsBulkAction()]), commands: [:],
      segments: { SegmentMembership.members(of: $0) })
  }

  /// Enqueues a request and waits for its end, with a worker running.
  private static func run(
    _ request: BulkRequest, _ world: DuplicateWorld
  ) async throws -> ChangeContacts.Result {
    let id = try await bulk(world).start(request, by: author, user: 1)
    try await waitForEnd(of: id, world)
    let job = try await world.jobs.job(id)
    let text = try #require(job?.result, "\(request.action): \(job?.error ?? "no error")")
    return try JSONDecoder().decode(ChangeContacts.Result.self, from: Data(text.utf8))
  }

  private static func waitForEnd(of id: JobID, _ world: DuplicateWorld) async throws {
    let hasEnded = try await eventually(within: .seconds(60)) {
      try await [.succeeded, .dead].contains(world.jobs.job(id)?.state)
    }
    #expect(hasEnded)
  }

  /// Enqueues a request while a transaction that locks contact 2 is open; it ends when a step waits
  /// for it.
  private static func startWaiting(
    _ request: BulkRequest, _ world: DuplicateWorld, for change: SQL,
    then: @escaping @Sendable (PostgresConnection) async throws -> Void = { _ in }
  ) async throws -> JobID {
    let id = try await world.pool.transaction(retries: 0) { connection in
      try await connection.query(change)
      let id = try await bulk(world).start(request, by: author, user: 1)
      let waits = try await eventually {
        try await !world.pool.query(
          """
          SELECT FROM pg_stat_activity
          WHERE datname = current_database() AND wait_event_type = 'Lock'
          """
        ).isEmpty
      }
      #expect(waits)
      try await then(connection)
      return id
    }
    try await waitForEnd(of: id, world)
    return id
  }

  private static func text(_ sql: SQL, _ world: DuplicateWorld) async throws -> String? {
    try await world.pool.query(sql).first?.decode(at: 0)
  }

  @Test(
    "CON-55, CON-92, CON-93: each action has its effects; changed and skipped contacts are counted")
  func doesEveryAction() async throws {
    try await withContacts { world in
      let three = ContactSelection(ids: [1, 2, 3, 99])
      func expect(
        _ action: String, add: JSONValue? = nil, remove: JSONValue? = nil, value: JSONValue? = nil,
        comments: String? = nil, changed: Int, _ check: SQL, _ wanted: String?,
        at line: SourceLocation = #_sourceLocation
      ) async throws {
        let result = try await Self.run(
          BulkRequest(
            action, three, add: add, remove: remove, value: value, comments: comments), world)
        #expect(result.matched == 3 && result.failed == 0, "\(action)", sourceLocation: line)
        #expect(result.changed == changed, "\(action)", sourceLocation: line)
        #expect(result.skipped == 3 - changed, "\(action)", sourceLocation: line)
        #expect(try await Self.text(check, world) == wanted, "\(action)", sourceLocation: line)
      }
      let members: SQL = """
        SELECT string_agg(contact_id || ':' || segment_id || manually_added::text, ' '
          ORDER BY contact_id, segment_id) FROM segment_members WHERE NOT manually_removed
        """
      try await expect(
        "segments", add: .array([.integer(1)]), changed: 3, members, "1:1true 2:1true 3:1true")
      // A tag in both lists ends up removed.
      try await expect(
        "segments", add: .string("1,2"), remove: .array([.string("2")]), changed: 3, members,
        "1:1true 2:1true 3:1true")
      try await expect(
        "categories", add: .integer(1), changed: 3,
        "SELECT count(*)::text FROM contact_categories WHERE manually_added", "3")
      let tags: SQL = """
        SELECT string_agg(contact_id || tag, ' ' ORDER BY contact_id, tag)
        FROM contact_tags JOIN tags ON id = tag_id
        """
      try await expect(
        "tags", add: .array([.string("x"), .string("y")]), changed: 3, tags, "1x 1y 2x 2y 3x 3y")
      try await expect(
        "tags", add: .string("x,z,-y"), remove: .string("z"), changed: 3, tags, "1x 2x 3x")
      try await expect("tags", add: .string("x"), changed: 0, tags, "1x 2x 3x")
      let owners: SQL = "SELECT string_agg(id || ':' || owner_id, ' ' ORDER BY id) FROM contacts"
      try await expect("owner", value: .string("1"), changed: 3, owners, "1:1 2:1 3:1")
      try await expect("owner", value: .null, changed: 3, owners, nil)
      let stages: SQL = "SELECT string_agg(id || ':' || stage_id, ' ' ORDER BY id) FROM contacts"
      try await expect("stage", value: .integer(1), changed: 3, stages, "1:1 2:1 3:1")
      try await expect("stage", remove: .integer(2), changed: 0, stages, "1:1 2:1 3:1")
      try await expect("stage", remove: .integer(1), changed: 3, stages, nil)
      try await expect(
        "companies", add: .integer(1), changed: 3,
        "SELECT count(*)::text FROM contacts WHERE company = 'Acme'", "3")
      try await expect(
        "points", value: .integer(5), changed: 3,
        "SELECT sum(points)::text || count(*) FROM contacts WHERE points <> 0", "153")
      // Reason 3 on the e-mail channel, with the comment.
      try await expect(
        "dnc", comments: "asked", changed: 3,
        "SELECT string_agg(channel || reason || comments, ' ') FROM do_not_contact",
        "email3asked email3asked email3asked")
      try await expect(
        "channels", add: .string("email"), remove: .string("sms"),
        value: .object([
          "email": .object(["frequencyNumber": .integer(2), "frequencyTime": .string("day")])
        ]),
        changed: 3,
        """
        SELECT (SELECT string_agg(DISTINCT channel || reason, ' ') FROM do_not_contact) || ' '
          || (SELECT string_agg(DISTINCT frequency_number || frequency_time, ' ') FROM frequency_rules)
        """, "sms3 2DAY")
      #expect(try await Self.text("SELECT count(*)::text FROM contact_bulk", world) == "0")
    }
  }

  @Test(
    "CON-90, CON-91, case 13: more than 100 are refused as a whole; missing ones are reported"
  )
  func deletesAtMostAHundred() async throws {
    try await withContacts { world in
      try await world.pool.query(
        "INSERT INTO contacts (date_added, city) SELECT \(testNow), 'Rome' FROM generate_series(1, 101)"
      )
      for selection in [
        ContactSelection(ids: Array(1...101)), ContactSelection(search: "city:Rome"),
      ] {
        await #expect {
          _ = try await Self.bulk(world).start(
            BulkRequest("delete", selection), by: Self.author, user: 1)
        } throws: { "\($0)".contains("at most 100") }
      }
      #expect(try await world.ids().count == 106)
      // CON-91: ids that do not exist are reported.
      let result = try await Self.run(
        BulkRequest("delete", ContactSelection(ids: [1, 2, 1_000])), world)
      #expect(result.matched == 2 && result.changed == 2 && result.failed == 1)
      #expect(try await world.ids().prefix(1) == [3])
      let names = try await Self.text(
        "SELECT string_agg(details ->> 'name', ' ' ORDER BY id) FROM audit_log WHERE action = 'delete'",
        world)
      #expect(names == "C1 C2")
    }
  }

  @Test("CON-90: contacts that match only after the count are not deleted")
  func deletesOnlyCountedContacts() async throws {
    try await DuplicateWorld.with { world in
      func insert(_ count: Int) async throws {
        try await world.pool.query(
          """
          INSERT INTO contacts (date_added, city)
          SELECT \(testNow), 'Rome' FROM generate_series(1, \(count))
          """)
      }
      try await insert(3)
      let id = try await Self.bulk(world).start(
        BulkRequest("delete", ContactSelection(search: "city:Rome")), by: Self.author, user: 1)
      try await insert(1)
      try await world.pool.query("UPDATE contacts SET city = 'Oslo' WHERE id = 2")
      try await world.work()
      #expect(try await world.ids() == [2, 4])
      let result = try #require(try await world.jobs.job(id)?.result)
      #expect(result.contains(#""matched":2"#))
    }
  }

  @Test("If no contact matches, the job does nothing (CON-90)")
  func deletesNothingIfNothingMatched() async throws {
    try await withContacts { world in
      let result = try await Self.run(
        BulkRequest("delete", ContactSelection(search: "city:Rome")), world)
      #expect(result.matched == 0 && result.failed == 0)
    }
  }

  @Test("CON-90: a contact that stops matching while the step waits for it is left unchanged")
  func skipsContactsThatNoLongerMatch() async throws {
    try await withContacts { world in
      _ = try await Self.startWaiting(
        BulkRequest("delete", ContactSelection(search: "firstname:C")), world,
        for: "UPDATE contacts SET firstname = 'Z' WHERE id = 2")
      #expect(try await world.ids() == [2])
    }
  }

  /// Contacts are locked before stages, as in the deletion of a stage: neither waits for the other.
  /// A record deleted before the step ends the job.
  @Test func locksStagesAfterContacts() async throws {
    try await withContacts { world in
      let id = try await Self.startWaiting(
        BulkRequest("stage", ContactSelection(ids: [1, 2]), value: .integer(1)), world,
        for: "SELECT FROM contacts WHERE id = 2 FOR NO KEY UPDATE"
      ) { connection in
        try await connection.query("SELECT FROM stages WHERE id = 1 FOR UPDATE NOWAIT")
        try await connection.query("DELETE FROM stages WHERE id = 1")
      }
      let job = try await world.jobs.job(id)
      #expect(job?.state == .dead && job?.error?.contains("there is no stage 1") == true)
      let staged = try await Self.text("SELECT count(stage_id)::text FROM contacts", world)
      #expect(staged == "0")
    }
  }

  /// api.md 11.6: a dry run of any action counts and locks nothing.
  @Test func countsWithoutLocks() async throws {
    try await withContacts { world in
      let three = ContactSelection(ids: [1, 2, 3, 99])
      for request in [
        BulkRequest("stage", three, remove: .integer(2), value: .integer(1)),
        BulkRequest("owner", three, value: .integer(1)),
        BulkRequest("segments", three, add: .integer(1)),
        BulkRequest("categories", three, add: .integer(1)),
        BulkRequest("companies", three, add: .integer(1)),
        BulkRequest("tags", three, add: .string("x")), BulkRequest("dnc", three),
        BulkRequest("points", three, value: .integer(1)), BulkRequest("delete", three),
      ] {
        let count = try await Self.bulk(world).count(request, user: 1)
        #expect(count == 3, "\(request.action)")
      }
    }
  }

  /// api.md 11.6: a blank criterion counts as missing; without any other the request is refused,
  /// not applied to all contacts.
  @Test func refusesToSelectAllContacts() async throws {
    try await withContacts { world in
      for selection in [
        ContactSelection(search: ""), ContactSelection(search: " \t"),
        ContactSelection(search: "() or"),
        ContactSelection(where: .array([])), ContactSelection(where: .object([:])),
        ContactSelection(where: .string(" ")), ContactSelection(where: .null),
        ContactSelection(
          search: "", where: .array([.object(["expr": .string("orX"), "val": .array([])])])),
      ] {
        for action in ["delete", "dnc"] {
          let request = BulkRequest(action, selection)
          await #expect {
            _ = try await Self.bulk(world).start(request, by: Self.author, user: 1)
          } throws: { "\($0)".contains("ids, search, where or segment") }
          await #expect(throws: InvalidInput.self) {
            _ = try await Self.bulk(world).count(request, user: 1)
          }
        }
      }
      // A command without a value is a mistake, whatever else is given.
      for ids: [Int64]? in [nil, [2]] {
        await #expect(throws: QueryError.self) {
          _ = try await Self.bulk(world).start(
            BulkRequest("delete", ContactSelection(search: "email:", ids: ids)), by: Self.author,
            user: 1)
        }
      }
      let result = try await Self.run(
        BulkRequest("delete", ContactSelection(search: " ", where: .array([]), ids: [2, 99])),
        world)
      #expect(result.changed == 1 && result.failed == 1)
    }
  }

  /// A dead job may be retried however late: its progress is kept while the job exists.
  @Test func keepsTheProgressOfADeadJob() async throws {
    try await DuplicateWorld.with { world in
      try await world.pool.query(
        "INSERT INTO contacts (date_added) SELECT \(testNow) FROM generate_series(1, 5)")
      let id = try await Self.bulk(world).start(
        BulkRequest("points", ContactSelection(ids: [1, 2, 3, 4, 5]), value: .integer(7)),
        by: Self.author, user: 1)
      try await world.pool.query(
        """
        INSERT INTO contact_bulk (job_id, last_id, highest_id, matched, changed, date_added)
        VALUES (\(id), 2, 5, 2, 2, '2023-01-01Z'), (gen_random_uuid(), 2, 5, 2, 2, '2023-01-01Z')
        """)
      try await world.work()
      let points = try await Self.text(
        "SELECT string_agg(points::text, ' ' ORDER BY id) FROM contacts", world)
      #expect(points == "0 0 7 7 7")
      let result = try #require(try await world.jobs.job(id)?.result)
      #expect(result.contains(#""changed":5"#))
      #expect(try await Self.text("SELECT count(*)::text FROM contact_bulk", world) == "0")
    }
  }

  @Test("CON-50: channel names follow the rules for single contacts; case makes no difference")
  func takesNamesOfChannels() async throws {
    try await withContacts { world in
      let one = ContactSelection(ids: [1])
      _ = try await Self.run(
        BulkRequest("dnc", one, add: .string("Email,EMAIL,web-push.v2")), world)
      _ = try await Self.run(
        BulkRequest(
          "channels", one, remove: .string("SMS"),
          value: .object(["Web-Push.v2": .object(["frequencyNumber": .integer(2)])])), world)
      let closed = try await Self.text(
        "SELECT string_agg(channel, ' ' ORDER BY channel) FROM do_not_contact", world)
      #expect(closed == "email sms web-push.v2")
      let rules = try await Self.text("SELECT string_agg(channel, ' ') FROM frequency_rules", world)
      #expect(rules == "web-push.v2")
    }
  }

  /// contacts.md 12: the problems of a request name their member; nothing is enqueued.
  @Test func refusesBadRequests() async throws {
    try await withContacts { world in
      let one = ContactSelection(ids: [1])
      for (request, member) in [
        (BulkRequest("campaigns", one, add: .integer(1)), "action"),
        (BulkRequest("", one), "action"),
        (BulkRequest("tags", ContactSelection(), add: .string("x")), "ids"),
        (BulkRequest("tags", ContactSelection(ids: []), add: .string("x")), "ids"),
        (BulkRequest("tags", one), "add"), (BulkRequest("segments", one, add: .integer(9)), "add"),
        (BulkRequest("segments", one, remove: .string("x")), "remove"),
        (BulkRequest("categories", one, add: .integer(9)), "add"),
        (BulkRequest("companies", one, add: .integer(9)), "add"),
        (BulkRequest("owner", one), "value"),
        (BulkRequest("owner", one, value: .integer(9)), "value"),
        (BulkRequest("stage", one, value: .integer(9)), "value"),
        (BulkRequest("stage", one, add: .string("1,2")), "add"),
        (BulkRequest("points", one, value: .string("many")), "value"),
        (BulkRequest("dnc", one, reason: 7), "reason"),
        (BulkRequest("dnc", one, add: .string("e mail")), "add"),
        (
          BulkRequest(
            "channels", one, value: .object(["email": .object(["frequencyTime": .string("year")])])),
          "frequencyRules.email.frequencyTime"
        ),
        (
          BulkRequest(
            "channels", one, value: .object(["email": .object(["pauseToDate": .string("x")])])),
          "value.email.pauseToDate"
        ),
      ] {
        await #expect {
          _ = try await Self.bulk(world).start(request, by: Self.author, user: 1)
        } throws: { error in
          let found = (error as? InvalidInput)?.problems.map(\.member) ?? ["\(error)"]
          if found != [member] { print("\(request.action): \(found) is not \(member)") }
          return found == [member]
        }
      }
      let queued = try await world.jobs.jobs(JobFilter())
      #expect(queued.isEmpty)
    }
  }

  /// A failed step is repeated, those before it are not: points are added once to each contact.
  @Test func doesEachStepOnce() async throws {
    try await DuplicateWorld.with { world in
      try await world.pool.query(
        "INSERT INTO contacts (date_added) SELECT \(testNow) FROM generate_series(1, 25)")
      let action = FlakyAction(failures: 3)
      let actions = BulkActions([action])
      let bulk = BulkService(
        jobs: world.jobs, fields: FieldStore(pool: world.pool), actions: actions,
        commands: [:], segments: { SegmentMembership.members(of: $0) })
      let all = ContactSelection(search: "!is:unpublished")
      #expect(try await bulk.count(BulkRequest("flaky", all), user: 1) == 25)
      let id = try await bulk.start(BulkRequest("flaky", all), by: Self.author, user: 1)
      try await world.work(workers: 2, actions: actions, stepSize: 4)
      let points = try await Self.text(
        "SELECT string_agg(DISTINCT points::text, ' ') || count(*) FROM contacts", world)
      #expect(points == "125")
      #expect(action.calls == 7 + 3)
      let result = try #require(try await world.jobs.job(id)?.result)
      #expect(result.contains(#""matched":25"#) && result.contains(#""changed":25"#))
    }
  }
}

/// Adds a point, and then fails a few times.
private final class FlakyAction: BulkAction {
  let name = "flaky"
  private let state: Mutex<(calls: Int, failures: Int)>
  var calls: Int { state.withLock { $0.calls } }

  init(failures: Int) { state = Mutex((0, failures)) }

  func prepare(
    _ request: BulkRequest, on connection: PostgresConnection
  ) async throws -> any BulkEffect { Effect(action: self) }

  private struct Effect: BulkEffect {
    let action: FlakyAction

    func apply(to contacts: [Int64], _ context: BulkContext) async throws -> Set<Int64> {
      try await context.transaction.connection.query(
        "UPDATE contacts SET points = points + 1 WHERE id = ANY (\(contacts))")
      let fails = action.state.withLock { state in
        state.calls += 1
        guard state.calls % 3 == 2, state.failures > 0 else { return false }
        state.failures -= 1
        return true
      }
      if fails { throw RetryJob(after: .milliseconds(10), "this time not") }
      return Set(contacts)
    }
  }
}
