import Campaigns
import Contacts
import Fields
import Foundation
import JobQueue
import Logging
import Mail
import Postgres
import Primitives
import Redis
import Segments
import TestSupport
import Testing
import Users

/// The requirements' example (campaigns.md 4.3) with real processes under the test clock: three e-mails, a day
/// apart each; the contact loses the tag after the second, leaves, gets it again, and begins anew.
@Suite("Three e-mails, a day apart", .timeLimit(.minutes(10)))
struct DripTests {
  @Test("CAM-130, CAM-104: after the tag came back the first e-mail is sent again, then the others")
  func dripsAgain() async throws {
    let subjects = try await story(restart: true)
    #expect(subjects == ["one", "two", "one", "two", "three"])
  }

  @Test("CAM-103: without restarts nothing is sent after the tag came back")
  func dripsOnce() async throws {
    let subjects = try await story(restart: false)
    #expect(subjects == ["one", "two"])
  }

  private func story(restart: Bool) async throws -> [String] {
    let installation = try await Installation.start()
    let mail = try installation.folder("mail")
    let environment = [
      "MARTLET_TEST_CLOCK": "1", "MARTLET_MAIL_TRANSPORT": "maildir:\(mail.path)",
    ]
    let crew = try Crew(installation, workers: 2, schedulers: 1, environment: environment)
    func tool(_ arguments: String...) async throws {
      try await installation.command(arguments, environment: environment)
    }
    /// Moves the clock and waits until nothing is due by it.
    func pass(_ time: String) async throws {
      try await tool("clock", "advance", time)
      try await tool("wait", "--idle", "--timeout", "110")
    }
    try await tool("clock", "set", "2027-03-01T10:00:00Z")
    try await prepare(installation, restart: restart)
    try await tag(true, installation)
    try await tool("wait", "--idle", "--timeout", "110")
    try await pass("25h")
    try await tag(false, installation)
    try await pass("30h")
    try await tag(true, installation)
    try await pass("2m")
    try await pass("25h")
    try await pass("25h")
    try await pass("25h")
    #expect(crew.casualties.isEmpty, "\(crew.casualties)")
    return try Maildir.files(mail).map { (try Maildir.subject($0), try Maildir.date($0)) }
      .sorted { $0.1 < $1.1 }.map(\.0)
  }

  private func prepare(_ installation: Installation, restart: Bool) async throws {
    let (pool, start) = (installation.pool, Date(timeIntervalSince1970: 1_803_888_000))
    try await pool.query(
      """
      INSERT INTO contacts (id, date_added, date_identified, email)
      VALUES (1, \(start), \(start), 'kim@example.com')
      """)
    try await pool.query("INSERT INTO tags (id, tag, date_added) VALUES (1, 'customer', \(start))")
    var emails: [Int64] = []
    for subject in ["one", "two", "three"] {
      let rows = try await pool.query(
        """
        INSERT INTO emails (name, subject, html, is_published, date_added)
        VALUES (\(subject), \(subject), '<p>Hello</p>', true, \(start)) RETURNING id
        """)
      emails.append(try rows[0].decode(at: 0))
    }
    let logger = Logger(label: "test")
    let redis = RedisConnection(
      try RedisConfiguration(url: installation.redis.url), name: "test", logger: logger)
    let jobs = JobClient(redis: redis, postgres: pool, logger: logger)
    let fields = FieldStore(pool: pool)
    let filter: Primitives.JSONValue = .object([
      "object": .string("lead"), "field": .string("tags"), "type": .string("tags"),
      "operator": .string("in"), "properties": .object(["filter": .array([.integer(1)])]),
    ])
    let segment = try await SegmentEditor(jobs: jobs, fields: fields).create(
      SegmentInput(name: "Customers", filters: .array([filter])), by: .system)
    let campaigns = Campaigns(
      jobs: jobs, fields: fields,
      mail: EmailDispatcher(settings: MailSettingsSource { MailSettings() }),
      settings: { CampaignSettings(companies: CompanyRules()) }, logger: logger)
    var input = CampaignInput()
    input.name = "Drip"
    input.isPublished = true
    input.allowsRestart = restart
    input.segments = [segment.id]
    input.events = emails.enumerated().compactMap { place, email in
      EventInput(
        json: .object([
          "id": .string("new\(place)"), "name": .string("Mail \(place)"),
          "eventType": .string("action"), "type": .string("email.send"),
          "properties": .object(["email": .integer(email), "email_type": .string("transactional")]),
          "parent": place == 0 ? .null : .string("new\(place - 1)"),
          "triggerMode": .string(place == 0 ? "immediate" : "interval"),
          "triggerInterval": .integer(1), "triggerIntervalUnit": .string("d"),
        ]))
    }
    _ = try await campaigns.editor.create(input, by: .system)
    await redis.close()
  }

  /// Gives the contact the tag, or takes it away; the mark that segments follow is committed with it.
  private func tag(_ isGiven: Bool, _ installation: Installation) async throws {
    try await TransactionRunner(installation.pool).transaction(at: Date()) { transaction in
      let contacts = try await ContactLock.lock([1], on: transaction.connection)
      _ = try await ContactTags.change(
        contacts, adding: isGiven ? ["customer"] : [], removing: isGiven ? [] : ["customer"],
        in: transaction)
    }
    // The test's own process asks for no refresh; the periodic look finds the mark.
    let isFollowed = await eventually(within: .seconds(30)) {
      let rows = try? await installation.pool.query(
        """
        SELECT (SELECT count(*) FROM contact_changes) + (SELECT count(*) FROM segment_announcements)
        """)
      return (try? rows?.first?.decode(at: 0, as: Int.self)) == 0
    }
    #expect(isFollowed)
  }
}
