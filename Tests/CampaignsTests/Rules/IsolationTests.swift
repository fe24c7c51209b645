import Contacts
import Fields
import Foundation
import JobQueue
import Postgres
import TestSupport
import Testing

@testable import Campaigns
@testable import Mail

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
      try await bed.pool.refuse(on: "campaign_members", where: "NEW.contact_id = 377")
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

  @Test("An action below a decision fails for its contact alone, and the decision is taken for all")
  func decisions() async throws {
    try await CampaignBed.with(types: Self.types) { bed in
      try await bed.contacts(Self.crowd)
      let campaign = try await bed.campaign([
        E.decision("visit", "page.pagehit"),
        E.action("odd", "trial.odd", under: "visit", path: "yes"),
      ])
      let all = (1...Int64(Self.crowd)).map(\.self)
      try await bed.add(all, to: campaign.id)
      try await bed.engage("page.pagehit", all)
      let log = try await bed.log(campaign.id)
      let visits = log.filter { $0.event == "visit" && $0.state == "executed" && $0.path == true }
      #expect(visits.count == Self.crowd)
      let done = log.filter { $0.event == "odd" && $0.state == "executed" }
      #expect(done.count == Self.crowd - 1)
      #expect(log.filter { $0.state != "executed" }.map(\.contact) == [Self.bad])
    }
  }

  @Test("CAM-402, EML-346: an engagement that cannot decide is set aside, and the others decide")
  func engagements() async throws {
    try await CampaignBed.with(transport: PickyTransport()) { bed in
      try await bed.contacts(Self.crowd)
      let campaign = try await bed.campaign([
        E.action("mail", "email.send", ["email": .integer(try await bed.email())]),
        E.decision("open", "email.open", under: "mail"),
        E.points("came", under: "open", path: "yes"),
      ])
      try await bed.add((1...Int64(Self.crowd)).map(\.self), to: campaign.id)
      try await bed.working {
        let areSent = try await eventually {
          try await bed.sends().allSatisfy { $0 == .sent }
        }
        #expect(areSent)
      }
      try await bed.pool.refuse(
        "UPDATE", on: "campaign_log", where: "OLD.contact_id = 377 AND OLD.state = 1")
      let opens = try await bed.pool.query("SELECT hash FROM email_sends ORDER BY id").map {
        MailEngagement(
          .open(inBrowser: false), hash: try $0.decode(at: 0), at: bed.now, address: nil, agent: nil
        )
      }
      try await EngagementStore.append(opens, to: bed.pool)
      let mail = try #require(bed.mail)
      try await EngagementHandler(environment: mail).drain {}
      let open = try await bed.log(campaign.id).filter { $0.event == "open" }
      let decided = open.filter { $0.state == "executed" && $0.path == true }
      #expect(decided.count == Self.crowd - 1)
      #expect(open.filter { $0.state == "waiting" }.map(\.contact) == [Self.bad])
      #expect(try await bed.points(Self.bad - 1) == 1)
      #expect(try await bed.points(Self.bad) == 0)
      let aside = try await bed.pool.query("SELECT error FROM email_acts_aside").map {
        try $0.decode(at: 0, as: String.self)
      }
      #expect(aside.count == 1 && aside.first?.contains("this one not") == true)
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
