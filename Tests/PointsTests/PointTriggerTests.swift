import Contacts
import Fields
import Foundation
import Imports
import JobQueue
import Postgres
import Primitives
import TestSupport
import Testing

@testable import Points
@testable import Segments

@Suite("Point triggers (points-stages-forms.md 1.4)") struct PointTriggerTests {
  @Test("PTS-20: due at or above the number, at any change of points")
  func firesAtOrAbove() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0, 0, 0, 99)
      try await bed.trigger(at: 10, tags: "ten")
      try await bed.working {
        try await bed.give([1], 10)
        try await bed.give([2], 11)
        try await bed.give([3], 9)
        try await bed.settle()
        #expect(try await bed.tags(1) == ["ten"])
        #expect(try await bed.tags(2) == ["ten"])
        #expect(try await bed.tags(3) == [])
        // It has the points, but they have not changed (PTS-23).
        #expect(try await bed.tags(4) == [])
        try await bed.give([4], -80)
        try await bed.settle()
        #expect(try await bed.tags(4) == ["ten"])
      }
    }
  }

  @Test(
    "PTS-20: once when the contact is created, by editor or import; negative numbers too")
  func firesAtCreation() async throws {
    try await PointsBed.with { bed in
      try await bed.trigger(at: 0, tags: "zero")
      try await bed.trigger(at: -5, tags: "below")
      try await bed.trigger(at: 1, tags: "one")
      let editor = ContactEditor(
        transactions: TransactionRunner(bed.pool), fields: FieldStore(pool: bed.pool),
        tables: MergeTable.contacts + MergeTable.segments + MergeTable.imports + MergeTable.points)
      try await bed.working {
        var input = ContactInput()
        input.values["email"] = .text("ann@x.test")
        let origin = ContactOrigin(.system, source: "api", now: bed.now)
        let id = try await editor.upsert(input, from: origin).contact.id
        input.values["points"] = .text("3")
        try await bed.settle()
        #expect(try await bed.tags(id) == ["below", "zero"])
        _ = try await editor.edit(id, input, mode: .patch, from: origin)
        try await bed.settle()
        #expect(try await bed.tags(id) == ["below", "one", "zero"])
      }
    }
  }

  @Test("PTS-21: each event once, though points fall and rise again")
  func firesOnce() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0)
      try await bed.trigger(at: 5, tags: "a")
      try await bed.working {
        for change in [7, -7, 9, -3, 20] {
          try await bed.give([1], change)
          try await bed.settle()
          try await bed.pool.query("DELETE FROM contact_tags")
        }
        #expect(try await bed.fired(1) == 1)
        #expect(try await bed.tags(1) == [])
        #expect(try await bed.texts("SELECT 'due' FROM point_trigger_due") == [])
      }
    }
  }

  @Test("PTS-22: triggers in the order of points, events in the order of their position")
  func firesInOrder() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0, 0)
      let recorder = Recorder()
      for points in [100, 10, 50] {
        try await bed.trigger(at: points) { input in
          input.events = [(2, "b"), (1, "a")].map { position, name in
            var event = PointsBed.event(.webhook)
            event.name = "\(points)\(name)"
            event.position = position
            return event
          }
        }
      }
      try await bed.working(recorder.actions) {
        try await bed.give([2, 1], 100)
        try await bed.settle()
      }
      #expect(
        recorder.all == [
          "10a: 1 2", "10b: 1 2", "50a: 1 2", "50b: 1 2", "100a: 1 2", "100b: 1 2",
        ])
    }
  }

  @Test("PTS-23, PTS-24: existing contacts by a job in ranges, once the trigger is saved")
  func firesForExisting() async throws {
    try await PointsBed.with { bed in
      try await bed.pool.query(
        """
        INSERT INTO contacts (id, date_added, points)
        SELECT n, \(PointsBed.start), n % 2 FROM generate_series(1, 12000) n
        """)
      let plain = try await bed.trigger(at: 1, tags: "plain")
      let eager = try await bed.trigger(at: 2, tags: "eager") { $0.firesExisting = true }
      try await bed.working(workers: 2) {
        try await bed.settle()
        #expect(try await bed.texts("SELECT DISTINCT 'log' FROM point_trigger_log") == [])
        // Lowering the number reaches contacts who have it by then.
        var change = PointTriggerInput()
        change.points = 1
        _ = try await bed.triggers.update(eager.id, change, by: .system, now: bed.now)
        try await bed.settle()
        #expect(
          try await bed.texts("SELECT count(*)::text FROM point_trigger_log") == ["6000"])
        // Saved again: no contact gets it twice.
        _ = try await bed.triggers.update(eager.id, change, by: .system, now: bed.now)
        try await bed.settle()
        #expect(
          try await bed.texts(
            "SELECT concat_ws(' ', event_id, count(*)) FROM point_trigger_log GROUP BY event_id")
            == ["\(eager.events[0].id) 6000"])
        #expect(try await bed.tags(3) == ["eager"])
        // Without the option existing contacts get it at their next change.
        try await bed.give([3], 1)
        try await bed.settle()
        #expect(try await bed.tags(3) == ["eager", "plain"])
      }
      #expect(plain.firesExisting == false)
    }
  }

  @Test("PTS-23: a job waits for a window that opens later")
  func waitsForTheWindow() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(9)
      try await bed.trigger(at: 5, tags: "later") { input in
        input.firesExisting = true
        input.rule.publishUp = .some(bed.now.addingTimeInterval(3_600))
      }
      try await bed.working {
        try await bed.give([1], 1)
        try await bed.settle()
        #expect(try await bed.tags(1) == [])
        bed.clock.advance(by: 3_700)
        #expect(try await eventually { try await bed.tags(1) == ["later"] })
      }
    }
  }

  @Test("PTS-20: with a group its score counts, and nothing without a score")
  func followsGroups() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0, 500)
      let (group, other) = (try await bed.group(), try await bed.group("Other"))
      try await bed.trigger(at: 5, tags: "group", group: group)
      try await bed.trigger(at: -5, tags: "below", group: group)
      try await bed.working {
        try await bed.score([1], plus: 4, in: group)
        try await bed.score([2], plus: 40, in: other)
        try await bed.give([2], 1)
        try await bed.settle()
        #expect(try await bed.tags(1) == ["below"])
        #expect(try await bed.tags(2) == [])
        try await bed.score([1], plus: 1, in: group)
        try await bed.settle()
        #expect(try await bed.tags(1) == ["below", "group"])
      }
    }
  }

  @Test("PTS-25, PTS-27: segments are changed explicitly, tags added and removed")
  func changesMembership() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0)
      try await bed.pool.query(
        """
        INSERT INTO segments (id, name, public_name, alias, date_added)
        SELECT n, 's', 's', 's' || n, \(bed.now) FROM generate_series(1, 2) n
        """)
      try await bed.pool.query(
        "INSERT INTO segment_members (contact_id, segment_id, date_added) VALUES (1, 2, \(bed.now))"
      )
      try await bed.trigger(at: 1) { input in
        input.events = [
          PointsBed.event(
            .changeSegments,
            [
              "addToLists": .array([.integer(1), .integer(77)]),
              "removeFromLists": .array([.string("2")]),
            ]),
          PointsBed.event(
            .changeTags,
            ["add_tags": .array([.string("a"), .string("b")]), "remove_tags": .string("b")]),
        ]
      }
      try await bed.working {
        try await bed.give([1], 1)
        try await bed.settle()
      }
      #expect(
        try await bed.texts(
          """
          SELECT concat_ws(' ', segment_id, manually_added, manually_removed) FROM segment_members
          ORDER BY segment_id
          """) == ["1 t f", "2 f t"])
      #expect(
        try await bed.texts(
          "SELECT concat_ws(' ', segment_id, cause) FROM segment_history ORDER BY 1")
          == ["1 \(SegmentCause.points.rawValue)", "2 \(SegmentCause.points.rawValue)"])
      #expect(try await bed.tags(1) == ["a"])
    }
  }

  @Test("PTS-28: what an event causes may make further triggers due, within bounds")
  func chains() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0)
      var actions = PointTriggerActions()
      actions.add(.webhook) { call in
        _ = try await ContactPoints.change(
          call.contacts, .plus, by: 10,
          reason: PointsReason(type: "test", eventName: "Chain", actionName: "plus"),
          author: .system, isAudited: false, in: call.transaction)
        return [:]
      }
      for points in [10, 20, 30] {
        try await bed.trigger(at: points) { $0.events = [PointsBed.event(.webhook)] }
      }
      try await bed.working(actions) {
        try await bed.give([1], 10)
        try await bed.settle()
      }
      #expect(try await bed.points(1) == 40)
      #expect(try await bed.fired(1) == 3)
    }
  }

  @Test("A trigger without events only colours; points below all triggers cost no statement")
  func costsNothing() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0)
      try await bed.trigger(at: 1) { $0.color = "ff0000" }
      try await bed.trigger(at: 2, tags: "a") { $0.rule.isPublished = false }
      try await bed.give([1], 5)
      var plain = bed.refresher
      plain = SegmentRefresher(
        jobs: plain.jobs, cache: plain.cache, observers: [], logger: .silent)
      _ = try await plain.round()
      func statements(_ refresher: SegmentRefresher) async throws -> Int {
        try await bed.give([1], 5)
        let before = bed.pool.statementsSent
        _ = try await refresher.round()
        return bed.pool.statementsSent - before
      }
      let watching = SegmentRefresher(
        jobs: plain.jobs, cache: plain.cache, observers: [PointTriggerObserver()],
        logger: .silent)
      let (without, with) = (try await statements(plain), try await statements(watching))
      #expect(with == without + 1)
      #expect(try await bed.texts("SELECT name FROM jobs") == [])
    }
  }
}

@Suite("Failures and races of point triggers") struct PointTriggerFailureTests {
  @Test("PTS-29, CAM-501, CAM-502: tried again each hour; the log is written with the success")
  func triesAgain() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0, 0)
      let recorder = Recorder(failing: 2)
      try await bed.trigger(at: 1) { $0.events = [PointsBed.event(.webhook)] }
      try await bed.working(recorder.actions) {
        try await bed.give([1, 2], 1)
        try await bed.settle()
        #expect(recorder.all.count == 1)
        #expect(try await bed.fired(1) == 0)
        // Another change meanwhile is not an attempt.
        try await bed.give([1], 1)
        try await bed.settle()
        #expect(recorder.all.count == 1)
        for attempt in 2...3 {
          bed.clock.advance(by: 3_600)
          #expect(await eventually { recorder.all.count == attempt })
          try await bed.settle()
        }
        #expect(try await [bed.fired(1), bed.fired(2)] == [1, 1])
        #expect(try await bed.texts("SELECT 'due' FROM point_trigger_due") == [])
      }
    }
  }

  @Test("PTS-29, CAM-502: after five attempts it has failed, and stays failed at the next change")
  func givesUp() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0)
      let recorder = Recorder(failing: .max)
      try await bed.trigger(at: 1) { $0.events = [PointsBed.event(.webhook)] }
      try await bed.working(recorder.actions) {
        try await bed.give([1], 1)
        for attempt in 1...5 {
          try await bed.settle()
          #expect(recorder.all.count == attempt)
          bed.clock.advance(by: 3_600)
          if attempt < 5 { #expect(await eventually { recorder.all.count > attempt }) }
        }
        try await bed.give([1], 1)
        try await bed.settle()
        #expect(recorder.all.count == 5)
        #expect(
          try await bed.texts(
            "SELECT concat_ws(' ', attempts, error, fire_at IS NULL) FROM point_trigger_due")
            == ["5 not now t"])
        #expect(try await bed.fired(1) == 0)
      }
    }
  }

  @Test(
    "CAM-507: permanent failures are final at once, including unknown event types")
  func refuses() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0)
      let recorder = Recorder(failing: 1, with: .refused("no such user"))
      try await bed.trigger(at: 1) {
        $0.events = [PointsBed.event(.webhook), PointsBed.event(.sendEmail)]
      }
      try await bed.trigger(at: 2, tags: "after")
      try await bed.working(recorder.actions) {
        try await bed.give([1], 5)
        try await bed.settle()
      }
      #expect(
        try await bed.texts(
          "SELECT concat_ws('|', attempts, error, fire_at IS NULL) FROM point_trigger_due ORDER BY event_id"
        ) == ["1|no such user|t", "1|type: nothing here can do email.send|t"])
      // A failing event does not hold up those behind it.
      #expect(try await bed.tags(1) == ["after"])
    }
  }

  @Test("PTS-25, STG-10: a contact's stage is changed, forward only; a deleted stage is ignored")
  func changesStages() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0, 0, 0)
      try await bed.pool.query(
        """
        INSERT INTO stages (id, name, weight, date_added)
        SELECT n, 'Stage ' || n, n * 10, \(bed.now) FROM generate_series(1, 3) n
        """)
      try await bed.pool.query("UPDATE contacts SET stage_id = 3 WHERE id = 2")
      try await bed.trigger(at: 1) {
        $0.events = [
          PointsBed.event(.changeStage, ["stage": .string("2")]),
          PointsBed.event(.changeStage, ["stage": .integer(77)]),
        ]
      }
      try await bed.working {
        try await bed.give([1, 2], 1)
        try await bed.settle()
      }
      #expect(
        try await bed.texts("SELECT concat_ws(' ', id, stage_id) FROM contacts ORDER BY id")
          == ["1 2", "2 3", "3"])
      #expect(
        try await bed.texts(
          "SELECT concat_ws(' ', contact_id, stage_id, action_name) FROM stage_log")
          == ["1 2 Point trigger"])
      #expect(try await bed.texts("SELECT count(*)::text FROM point_trigger_log") == ["4"])
      for properties: [String: JSONValue] in [
        [:], ["stage": .string("x")], ["stage": .array([.integer(1), .integer(2)])],
      ] {
        await #expect(throws: InvalidInput.self) {
          try await bed.trigger(at: 9) { $0.events = [PointsBed.event(.changeStage, properties)] }
        }
      }
    }
  }

  @Test("PTS-29, CAM-307: of a thousand contacts the one whose data make an event fail fails alone")
  func failsAlone() async throws {
    try await PointsBed.with { bed in
      try await bed.pool.query(
        """
        INSERT INTO contacts (id, date_added, points)
        SELECT n, \(bed.now), 0 FROM generate_series(1, 1000) n
        """)
      struct Odd: Error {}
      var actions = PointTriggerActions()
      actions.add(.webhook) { call in
        try await call.transaction.query(
          "UPDATE contacts SET firstname = 'done' WHERE id = ANY (\(call.contacts))")
        if call.contacts.contains(377) { throw Odd() }
        return [:]
      }
      try await bed.trigger(at: 1) { $0.events = [PointsBed.event(.webhook)] }
      try await bed.trigger(at: 2, tags: "after")
      try await bed.working(actions) {
        try await bed.give((1...1_000).map(Int64.init), 5)
        try await bed.settle()
      }
      #expect(
        try await bed.texts("SELECT count(*)::text FROM contacts WHERE firstname = 'done'") == [
          "999"
        ])
      #expect(
        try await bed.texts("SELECT concat_ws(' ', contact_id, attempts) FROM point_trigger_due")
          == ["377 1"])
      #expect(try await bed.tags(377) == ["after"])
    }
  }

  @Test("An action that throws fails for all its contacts; none of its changes are kept")
  func keepsNothingOfAFailure() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0, 0)
      struct Broken: Error {}
      var actions = PointTriggerActions()
      actions.add(.webhook) { call in
        try await call.transaction.query("UPDATE contacts SET firstname = 'half done'")
        throw Broken()
      }
      actions.add(.sendEmail) { call in
        try await call.transaction.query("SELECT 1 / 0")
        return [:]
      }
      try await bed.trigger(at: 1) {
        $0.events = [PointsBed.event(.webhook), PointsBed.event(.sendEmail)]
      }
      try await bed.working(actions) {
        try await bed.give([1, 2], 5)
        try await bed.settle()
      }
      #expect(try await bed.texts("SELECT firstname FROM contacts WHERE firstname <> ''") == [])
      #expect(
        try await bed.texts("SELECT attempts::text FROM point_trigger_due") == ["1", "1", "1", "1"])
    }
  }

  @Test("Two concurrent changes cross the number: the events run once")
  func onceForTwoAtOnce() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0, 0, 0)
      let recorder = Recorder()
      try await bed.trigger(at: 5) { $0.events = [PointsBed.event(.webhook)] }
      try await bed.working(recorder.actions, workers: 2) {
        try await withThrowingTaskGroup(of: Void.self) { tasks in
          for number in 0..<24 {
            tasks.addTask {
              try await bed.give(number % 2 == 0 ? [1, 2, 3] : [3, 1], 5)
              _ = try await bed.refresher.round()
            }
          }
          try await tasks.waitForAll()
        }
        try await bed.settle()
      }
      let contacts = recorder.all.flatMap { $0.split(separator: " ").dropFirst(3) }
      #expect(contacts.sorted() == ["1", "2", "3"])
      #expect(try await [bed.fired(1), bed.fired(2), bed.fired(3)] == [1, 1, 1])
    }
  }

  @Test("Unpublished while a job waits: the rest is not done, and is due again later")
  func heedsUnpublishing() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0)
      let trigger = try await bed.trigger(at: 1, tags: "a")
      try await bed.give([1], 1)
      _ = try await bed.refresher.round()
      var change = PointTriggerInput()
      change.rule.isPublished = false
      _ = try await bed.triggers.update(trigger.id, change, by: .system, now: bed.now)
      try await bed.working {
        try await bed.settle()
        #expect(try await bed.tags(1) == [])
        #expect(try await bed.texts("SELECT 'due' FROM point_trigger_due") == [])
        change.rule.isPublished = true
        _ = try await bed.triggers.update(trigger.id, change, by: .system, now: bed.now)
        try await bed.give([1], 1)
        try await bed.settle()
        #expect(try await bed.tags(1) == ["a"])
      }
    }
  }

  @Test("A contact or an event deleted while a job waits is skipped")
  func skipsWhatIsGone() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0, 0)
      let trigger = try await bed.trigger(at: 1, tags: "a", "b")
      try await bed.give([1, 2], 1)
      _ = try await bed.refresher.round()
      try await bed.pool.query("SELECT delete_contacts('{1}')")
      _ = try await bed.triggers.deleteEvents(
        [trigger.events[0].id], of: trigger.id, by: .system, now: bed.now)
      try await bed.working { try await bed.settle() }
      #expect(try await bed.tags(2) == ["b"])
      #expect(try await bed.texts("SELECT contact_id::text FROM point_trigger_log") == ["2"])
      #expect(try await bed.texts("SELECT 'due' FROM point_trigger_due") == [])
    }
  }

  @Test("A merge makes the sum due, and what one contact has had is not repeated (PTS-04, PTS-21)")
  func followsMerges() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0, 0)
      try await bed.trigger(at: 6, tags: "six")
      let ten = try await bed.trigger(at: 10, tags: "ten")
      let merger = ContactMerger(
        fields: FieldStore(pool: bed.pool),
        tables: MergeTable.contacts + MergeTable.segments + MergeTable.points,
        companies: { CompanyRules() })
      try await bed.working {
        try await bed.give([1], 6)
        try await bed.give([2], 5)
        try await bed.settle()
        try await bed.pool.query("DELETE FROM contact_tags")
        try await merger.merge(1, into: 2, by: .system, now: bed.now, with: bed.jobs.transactions)
        try await bed.settle()
      }
      #expect(try await bed.points(2) == 11)
      #expect(try await bed.tags(2) == ["ten"])
      #expect(ten.events.count == 1)
    }
  }

  @Test("A merge keeps what is due for a retry (PTS-29, PTS-04)")
  func retriesForTheWinner() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0, 0)
      let recorder = Recorder(failing: 1)
      try await bed.trigger(at: 5) { $0.events = [PointsBed.event(.webhook)] }
      let merger = ContactMerger(
        fields: FieldStore(pool: bed.pool),
        tables: MergeTable.contacts + MergeTable.segments + MergeTable.points,
        companies: { CompanyRules() })
      try await bed.working(recorder.actions) {
        try await bed.give([1], 6)
        try await bed.settle()
        try await merger.merge(1, into: 2, by: .system, now: bed.now, with: bed.jobs.transactions)
        try await bed.settle()
        bed.clock.advance(by: 3_601)
        try await bed.settle()
      }
      #expect(recorder.all.map { $0.suffix(1) } == ["1", "2"])
      #expect(try await bed.fired(2) == 1)
    }
  }

  @Test("A worker whose clock is behind still does what another has noted as due")
  func survivesClocksThatDiffer() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0)
      try await bed.trigger(at: 1, tags: "now")
      try await bed.give([1], 1)
      _ = try await bed.refresher.round()
      bed.clock.advance(by: -2)
      try await bed.working { try await bed.settle() }
      #expect(try await bed.tags(1) == ["now"])
      #expect(try await bed.texts("SELECT 'due' FROM point_trigger_due") == [])
    }
  }

  @Test("A job that is delivered twice, or dies between two events, does each event once")
  func survivesRepetition() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0)
      let recorder = Recorder()
      try await bed.trigger(at: 1) {
        $0.events = [PointsBed.event(.webhook), PointsBed.event(.changeTags)]
      }
      try await bed.give([1], 1)
      _ = try await bed.refresher.round()
      // The same work again, as after a worker that died after the first event.
      try await bed.jobs.enqueue([
        FirePointTriggers(contacts: [1]), FirePointTriggers(contacts: [1]),
      ])
      try await bed.working(recorder.actions, workers: 2) { try await bed.settle() }
      #expect(recorder.all.count == 1)
      #expect(try await bed.fired(1) == 2)
    }
  }
}

@Suite("Storing point triggers (api.md 8.10)") struct PointTriggerStoreTests {
  @Test("The colour comes from the highest trigger reached, of those in use without a group")
  func colours() async throws {
    try await PointsBed.with { bed in
      try await bed.contacts(0, 10, 25, -5)
      let group = try await bed.group()
      try await bed.trigger(at: 10) { $0.color = "#00FF00" }
      let high = try await bed.trigger(at: 20) { $0.color = "ff0000" }
      try await bed.trigger(at: 15)
      try await bed.trigger(at: 0, group: group) { $0.color = "0000ff" }
      let contacts = ContactStore(pool: bed.pool, fields: FieldStore(pool: bed.pool))
      func colors() async throws -> [String?] {
        try await contacts.contacts([1, 2, 3, 4]).map(\.color)
      }
      #expect(try await colors() == [nil, "00FF00", "ff0000", nil])
      var change = PointTriggerInput()
      change.rule.isPublished = false
      _ = try await bed.triggers.update(high.id, change, by: .system, now: bed.now)
      #expect(try await colors() == [nil, "00FF00", "00FF00", nil])
      change.rule.isPublished = true
      change.points = -100
      _ = try await bed.triggers.update(high.id, change, by: .system, now: bed.now)
      #expect(try await colors() == ["ff0000", "00FF00", "00FF00", "ff0000"])
      _ = try await bed.triggers.delete(high.id, by: .system, now: bed.now)
      #expect(try await colors() == [nil, "00FF00", "00FF00", nil])
    }
  }

  @Test("Deleting a category leaves rules without one")
  func losesCategories() async throws {
    try await PointsBed.with { bed in
      let categories = CategoryStore(transactions: TransactionRunner(bed.pool))
      var input = CategoryInput()
      input.title = "Sales"
      input.bundle = "point"
      let id = try await categories.create(input, by: .system, now: bed.now).id
      let action = try await bed.action(.pageHit, 1) { $0.rule.category = id }
      let trigger = try await bed.trigger(at: 1) { $0.rule.category = id }
      #expect(action.category?.title == "Sales" && trigger.category?.title == "Sales")
      _ = try await categories.delete(id, by: .system, now: bed.now)
      #expect(try await bed.actions.find(action.id)?.rule.category == nil)
      #expect(try await bed.triggers.find(trigger.id)?.rule.category == nil)
    }
  }

  private static let bad: [(String, @Sendable (inout PointTriggerInput) -> Void)] = [
    ("name", { $0.rule.name = "" }), ("points", { $0.points = 3_000_000_000 }),
    ("color", { $0.color = "red" }), ("group", { $0.rule.group = 9 }),
    ("events[0].type", { $0.events = [PointTriggerEventInput()] }),
    ("events", { $0.events = Array(repeating: PointsBed.event(.webhook), count: 101) }),
    (
      "events[1].properties.addToLists",
      {
        $0.events = [
          PointsBed.event(.webhook),
          PointsBed.event(.changeSegments, ["addToLists": .string("all")]),
        ]
      }
    ),
    (
      "events[0].properties.removeFrom",
      { $0.events = [PointsBed.event(.changeCampaigns, ["removeFrom": .string("this")])] }
    ),
    (
      "events[0].properties.add_tags",
      { $0.events = [PointsBed.event(.changeTags, ["add_tags": .array([.string(" ")])])] }
    ),
  ]

  @Test("Section 1.6: bad input names the member; a trigger without events is accepted")
  func refuses() async throws {
    try await PointsBed.with { bed in
      for (member, change) in Self.bad {
        do {
          try await bed.trigger(at: 1, change: change)
          Issue.record("nothing was refused: \(member)")
        } catch let error as InvalidInput {
          #expect(error.problems.map(\.member) == [member])
        }
      }
      #expect(try await bed.texts("SELECT name FROM point_triggers") == [])
      #expect(try await bed.trigger(at: 1).events.isEmpty)
    }
  }
}
