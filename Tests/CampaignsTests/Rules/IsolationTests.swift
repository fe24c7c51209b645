import Contacts
import Fields
import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing

@testable import Campaigns

/// Data of one contact among many that make an event fail.
@Suite("CAM-307: one contact of many that makes things fail")
struct IsolationTests {
  private static let crowd = 1_000
  private static let bad: Int64 = 377

  /// An error of neither a server nor a rule.
  private struct Odd: Error {}

  private struct OddAction: CampaignAction {
    func run(
      _ event: CampaignEvent, _ enrollments: [Enrollment], _ transaction: CampaignTransaction
    ) async throws -> ActionOutcome {
      if enrollments.contains(where: { $0.contact == bad }) { throw Odd() }
      return ActionOutcome()
    }
  }

  /// A condition that the bad contact's data make fail.
  private struct OddCondition: CampaignCondition {
    func condition(
      _ event: CampaignEvent, _ transaction: CampaignTransaction
    ) async throws -> SQL? { "(1 / (c.id - \(bad)) >= 0 OR c.id < \(bad))" }
  }

  private static var types: EventTypes {
    var types = EventTypes.trial
    types.add("trial.odd", .action(OddAction()))
    types.add("trial.question", .condition(OddCondition()))
    return types
  }

  private static func states(_ bed: CampaignBed, _ campaign: Int64) async throws -> [Int64: String]
  {
    let rows = try await bed.pool.query(
      """
      SELECT contact_id, state || ' ' || coalesce(path::text, '-') || ' '
        || coalesce(error, note, '-') FROM campaign_log WHERE campaign_id = \(campaign)
      """)
    var states: [Int64: String] = [:]
    for row in rows {
      let (contact, text) = try row.decode(Int64.self, String.self)
      states[contact] = text
    }
    return states
  }

  @Test("An error of any kind in an action fails for its contact alone", arguments: [true, false])
  func actions(isImmediate: Bool) async throws {
    try await CampaignBed.with(types: Self.types) { bed in
      try await bed.contacts(Self.crowd)
      let campaign = try await bed.campaign([
        E.action("odd", "trial.odd", after: isImmediate ? nil : (1, "h"))
      ])
      try await bed.add((1...Int64(Self.crowd)).map(\.self), to: campaign.id)
      try await bed.run(for: 3_600)
      let states = try await Self.states(bed, campaign.id)
      #expect(states.count == Self.crowd)
      #expect(states.filter { $0.value.hasPrefix("3 ") }.count == Self.crowd - 1)
      #expect(states[Self.bad]?.hasPrefix("0 - Odd") == true)
    }
  }

  @Test("A company's name that is too long fails for its contact, whoever else is enrolled")
  func companies() async throws {
    try await CampaignBed.with { bed in
      try await bed.contacts(5)
      try await bed.pool.query("UPDATE contacts SET address1 = 'Acme'")
      try await bed.pool.query("UPDATE contacts SET address1 = repeat('x', 300) WHERE id = 3")
      let campaign = try await bed.campaign([
        E.action("set", "lead.updatelead", ["company": "{contactfield=address1}"])
      ])
      try await bed.enterSegment(1, [1, 2, 3, 4, 5])
      try await bed.follow(campaign.id)
      let states = try await Self.states(bed, campaign.id)
      #expect(states.filter { $0.value.hasPrefix("3 ") }.keys.sorted() == [1, 2, 4, 5])
      #expect(states[3]?.hasPrefix("4 ") == true)
    }
  }

  @Test("A condition that cannot be asked of a contact is no for it", arguments: [true, false])
  func conditions(isImmediate: Bool) async throws {
    try await CampaignBed.with(types: Self.types) { bed in
      try await bed.contacts(Self.crowd)
      let campaign = try await bed.campaign([
        E.condition("ask", "trial.question", after: isImmediate ? nil : (1, "h"))
      ])
      try await bed.add((1...Int64(Self.crowd)).map(\.self), to: campaign.id)
      try await bed.run(for: 3_600)
      let states = try await Self.states(bed, campaign.id)
      #expect(states.filter { $0.value == "3 true -" }.count == Self.crowd - 1)
      #expect(states[Self.bad]?.hasPrefix("3 false division") == true)
    }
  }

  @Test("A contact that cannot be enrolled does not hold up the others", arguments: [true, false])
  func enrolment(areNew: Bool) async throws {
    try await CampaignBed.with(types: Self.types) { bed in
      try await bed.contacts(Self.crowd)
      try await bed.pool.query(
        """
        CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          IF NEW.contact_id = 377 THEN RAISE EXCEPTION 'this one not'; END IF;
          RETURN NEW;
        END $$
        """)
      try await bed.pool.query(
        """
        CREATE TRIGGER refuse BEFORE INSERT ON campaign_members
        FOR EACH ROW EXECUTE FUNCTION refuse()
        """)
      let campaign = try await bed.campaign([E.points("p")])
      try await bed.enterSegment(1, (1...Int64(Self.crowd)).map(\.self))
      if areNew {
        try await bed.follow(campaign.id)
      } else {
        _ = try await bed.runtime.transaction(campaign.id, now: bed.now) {
          try await SourceReconciler($0).reconcile((1...Int64(Self.crowd)).map(\.self))
        }
      }
      let members = try await bed.pool.query(
        "SELECT FROM campaign_members WHERE campaign_id = \(campaign.id)")
      #expect(members.count == Self.crowd - 1)
      #expect(try await bed.points(1) == 1)
      #expect(try await bed.points(Self.bad) == 0)
      #expect(try await bed.corrections(of: campaign.id) == 0)
    }
  }

  @Test("Errors of servers, cancellations and lost leases are nobody's")
  func causes() async throws {
    #expect(ErrorCause.isElsewhere(CancellationError()))
    #expect(ErrorCause.isElsewhere(JobCancellation.leaseLost))
    #expect(!ErrorCause.isElsewhere(Odd()))
    try await TestDatabase.with { database in
      for (statement, isElsewhere) in [
        ("SELECT 1 / 0", false), ("SELECT 'x'::integer", false), ("SELECT nothing", false),
        ("DO $$ BEGIN RAISE EXCEPTION 'no'; END $$", false),
        ("DO $$ BEGIN RAISE SQLSTATE '53100'; END $$", true),
        ("DO $$ BEGIN RAISE SQLSTATE '57014'; END $$", true),
        ("DO $$ BEGIN RAISE SQLSTATE '58030'; END $$", true),
        ("DO $$ BEGIN RAISE SQLSTATE '25006'; END $$", true),
        ("DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$", true),
        ("DO $$ BEGIN RAISE SQLSTATE '54000'; END $$", false),
      ] {
        let error = await #expect(throws: PostgresError.self) {
          try await database.pool.query(SQL(unsafeText: statement))
        }
        let found = try #require(error)
        #expect(ErrorCause.isElsewhere(found) == isElsewhere, "\(statement)")
      }
    }
  }
}
