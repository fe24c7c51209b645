import Foundation
import Postgres
import Redis
import TestSupport
import Testing

/// Promises 1 to 3 of docs/architecture.md on e-mails: whatever is killed while a broadcast goes out, each
/// contact gets it once.
@Suite("A broadcast to 20,000 contacts", .serialized, .timeLimit(.minutes(15)))
struct MailFaultTests {
  private let rows = 20_000

  @Test("each gets it once after workers were killed and Redis emptied (EML-210, EML-220)")
  func survives() async throws {
    let installation = try await Installation.start()
    let mail = FileManager.default.temporaryDirectory
      .appending(path: "martlet-mail-\(UInt64.random(in: .min ... .max))").path
    defer { try? FileManager.default.removeItem(atPath: mail) }
    let api = try await APIProcess(installation)
    try await installation.pool.query(
      """
      INSERT INTO contacts (id, email, firstname, date_added, date_identified)
      SELECT n, 'user' || n || '@example.com', 'Name' || n, '2024-01-01Z', '2024-01-01Z'
      FROM generate_series(1, \(rows)) AS n
      """)
    try #require(
      try await api.send("POST", "/api/segments/new", #"{"name":"Readers"}"#).status == 201)
    try await installation.pool.query(
      """
      INSERT INTO segment_members (contact_id, segment_id, manually_added, date_added)
      SELECT id, 1, true, '2024-01-01Z' FROM contacts
      """)
    let email = try await api.send(
      "POST", "/api/emails/new",
      #"{"name":"N","subject":"Hi {contactfield=firstname}","emailType":"list","lists":[1],"#
        + #""customHtml":"<a href='https://a.example/'>x</a>"}"#)
    try #require(email.status == 201, "\(email)")
    let crew = try Crew(
      installation, environment: ["MARTLET_MAIL_TRANSPORT": "maildir:\(mail)"])
    let redis = try installation.redis.connect()
    let sent = try await api.send("POST", "/api/emails/1/send", "{}")
    try #require(sent.status == 200, "\(sent)")
    func count() async throws -> Int {
      try await installation.pool.query("SELECT count(*) FROM email_sends WHERE state = 3")[0]
        .decode(at: 0)
    }
    for (number, part) in [0.1, 0.3, 0.5, 0.7].enumerated() {
      let goal = Int(Double(rows) * part)
      let isThere = try await eventually(within: .seconds(120)) { try await count() >= goal }
      try #require(isThere, "\(crew.casualties)")
      try crew.replace(number % 2)
      if number == 1 { _ = try await redis.send("FLUSHALL") }
      if number == 2 {
        let again = try await api.send("POST", "/api/emails/1/send", "{}")
        #expect(again.status == 200)
      }
    }
    let isDone = try await eventually(within: .seconds(180)) { try await count() == rows }
    let number = try await count()
    #expect(isDone, "\(number) \(crew.casualties)")
    let files = try FileManager.default.contentsOfDirectory(atPath: mail + "/new")
    #expect(files.count == rows)
    let counters: String = try await installation.pool.query(
      "SELECT sent_count || ' ' || (SELECT count(DISTINCT contact_id) FROM email_sends) FROM emails"
    )[0].decode(at: 0)
    #expect(counters == "\(rows) \(rows)")
    await redis.close()
  }
}
