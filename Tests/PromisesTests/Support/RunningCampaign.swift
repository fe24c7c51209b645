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
import Users

/// A campaign on an installation: an e-mail, a condition after a delay, a webhook, and an event after an open; contacts
/// who run through it.
struct RunningCampaign: Sendable {
  let installation: Installation
  let receiver: HTTPStub
  let contacts: Int
  let campaign: Int64

  /// The time for which contacts wait for the condition.
  enum Delay {
    /// All until the same instant, this many seconds from now.
    case seconds(Int)
    /// Each for this many minutes.
    case minutes(Int)
  }

  /// Makes contacts, an e-mail and the campaign, which begins at once.
  ///
  /// - Parameter mailPerSecond: The number of messages sent per second, 0 for no limit.
  static func begin(
    _ installation: Installation, receiver: HTTPStub, contacts: Int, delay: Delay,
    mailPerSecond: Int
  ) async throws -> RunningCampaign {
    let pool = installation.pool
    try await pool.query(
      """
      INSERT INTO settings (name, value, date_modified)
      VALUES ('webhook_allow_private', 'true', now()),
        ('mail_rate_limit', \(String(mailPerSecond)), now())
      """)
    try await pool.query(
      """
      INSERT INTO contacts (id, date_added, date_identified, email, city)
      SELECT n, now(), now(), 'c' || n || '@example.com', CASE n % 3 WHEN 0 THEN 'Oslo' ELSE 'Rome' END
      FROM generate_series(1, \(contacts)) AS n
      """)
    try await pool.query(
      """
      INSERT INTO segments (id, name, public_name, alias, date_added)
      VALUES (1, 'All', 'All', 'all', now())
      """)
    try await pool.query(
      """
      INSERT INTO segment_members (contact_id, segment_id, manually_added, date_added)
      SELECT n, 1, true, now() FROM generate_series(1, \(contacts)) AS n
      """)
    let html = "<p>Hello, <a href=\"\(receiver.url("/landing"))\">look</a></p>"
    let email = try await pool.query(
      """
      INSERT INTO emails (name, subject, html, is_published, date_added)
      VALUES ('Welcome', 'Hello {contactfield=email}', \(html), true, now()) RETURNING id
      """)[0].decode(at: 0, as: Int64.self)
    // Ids beyond those that were assigned by hand.
    try await pool.query("SELECT setval(pg_get_serial_sequence('contacts', 'id'), \(contacts))")
    try await pool.query("VACUUM ANALYZE contacts, segment_members")
    let logger = Logger(label: "test")
    let redis = RedisConnection(
      try RedisConfiguration(url: installation.redis.url), name: "test", logger: logger)
    let jobs = JobClient(redis: redis, postgres: pool, logger: logger)
    let fields = FieldStore(pool: pool)
    let office = EmailDispatcher(settings: MailSettingsSource { MailSettings() })
    let campaigns = Campaigns(
      jobs: jobs, fields: fields, mail: office,
      settings: { CampaignSettings(companies: CompanyRules()) }, logger: logger)
    var input = CampaignInput()
    input.name = "Promise"
    input.isPublished = true
    input.segments = [1]
    input.events = events(email: email, url: receiver.url("/hook"), delay: delay).compactMap {
      EventInput(json: $0)
    }
    let campaign = try await campaigns.editor.create(input, by: .system)
    await redis.close()
    return RunningCampaign(
      installation: installation, receiver: receiver, contacts: contacts, campaign: campaign.id)
  }

  private static func events(
    email: Int64, url: String, delay: Delay
  ) -> [Primitives.JSONValue] {
    func event(
      _ name: String, _ type: String, _ kind: String, _ properties: [String: Primitives.JSONValue],
      under parent: String? = nil, path: String? = nil, after delay: Delay? = nil
    ) -> Primitives.JSONValue {
      var members: [String: Primitives.JSONValue] = [
        "id": .string("new-\(name)"), "name": .string(name), "type": .string(type),
        "eventType": .string(kind), "properties": .object(properties),
        "parent": parent.map { .string("new-\($0)") } ?? .null,
      ]
      if let path { members["decisionPath"] = .string(path) }
      switch delay {
      case .seconds(let seconds)?:
        members["triggerMode"] = .string("date")
        members["triggerDate"] = .string(
          Date().addingTimeInterval(Double(seconds)).formatted(.iso8601))
      case .minutes(let minutes)?:
        members["triggerMode"] = .string("interval")
        members["triggerInterval"] = .integer(Int64(minutes))
        members["triggerIntervalUnit"] = .string("i")
      case nil: break
      }
      return .object(members)
    }
    return [
      event("mail", "email.send", "action", ["email": .integer(email)]),
      event(
        "where", "lead.field_value", "condition",
        ["field": .string("city"), "operator": .string("="), "value": .string("Oslo")],
        under: "mail", after: delay),
      event(
        "hook", "campaign.sendwebhook", "action",
        [
          "url": .string(url), "method": .string("post"),
          "additional_data": .object(["email": .string("{contactfield=email}")]),
        ], under: "where", path: "yes"),
      event(
        "points", "lead.changepoints", "action", ["points": .integer(3)], under: "where", path: "no"
      ),
      event("opened", "email.open", "decision", [:], under: "mail"),
      event(
        "bonus", "lead.changepoints", "action", ["points": .integer(10)], under: "opened",
        path: "yes"),
    ]
  }

  /// How far the contacts are that were in the segment at the beginning: the last actions done and the e-mails sent.
  func finished() async throws -> (entries: Int, sends: Int) {
    let rows = try await installation.pool.query(
      """
      SELECT count(*) FILTER (WHERE e.name IN ('hook', 'points') AND l.state >= 3),
        (SELECT count(*) FROM email_sends WHERE state >= 3 AND contact_id <= \(contacts))
      FROM campaign_log l JOIN campaign_events e ON e.id = l.event_id
      WHERE l.campaign_id = \(campaign) AND l.contact_id <= \(contacts)
      """)
    let (entries, sends) = try rows[0].decode(Int.self, Int.self)
    return (entries, sends)
  }

  /// Whether the contacts that were in the segment at the beginning have finished.
  func isThrough() async throws -> Bool {
    try await finished() == (contacts, contacts)
  }
}
