import Fields
import Foundation
import JobQueue
import Mail
import Postgres
import Transfer

/// E-mails with tokens, counted links and a picture that tells of opens: requested for many contacts, then sent by two
/// workers into a maildir, and to an SMTP server that discards them; the maildir beside a plain loop that writes the
/// same files.
struct MailBench {
  let stage: BenchStage
  let contacts: Int

  static func run(_ stage: BenchStage, contacts: Int) async throws -> [BenchResult] {
    let bench = MailBench(stage: stage, contacts: contacts)
    try await bench.prepare()
    let folder = FileManager.default.temporaryDirectory.appending(path: "\(stage.prefix)-mail").path
    defer {
      // A leftover temporary folder is harmless.
      try? FileManager.default.removeItem(atPath: folder)
    }
    var results: [BenchResult] = []
    let environment = try bench.environment("maildir:\(folder)")
    results.append(try await bench.place(environment, email: 1))
    let rate = try await bench.send(environment, email: 1)
    let bare = try bench.bare(folder)
    results.append(
      .rate("mail.maildir", rate.rate, unit: "messages/s", bare: bare, work: rate.work))
    if let sink = try await MailSink.start() {
      defer { sink.stop() }
      let environment = try bench.environment(sink.url)
      _ = try await bench.place(environment, email: 2)
      let rate = try await bench.send(environment, email: 2)
      results.append(.rate("mail.smtp", rate.rate, unit: "messages/s", bare: nil, work: rate.work))
    }
    return results
  }

  private func environment(_ transport: String) throws -> MailEnvironment {
    try MailEnvironment(
      jobs: stage.client, prefix: stage.prefix, fields: FieldStore(pool: stage.postgres),
      site: MailSite(url: "https://mail.example.com", secret: String(repeating: "s", count: 32)),
      settings: MailSettingsSource {
        var settings = MailSettings()
        settings.messagesPerConnection = 1000
        return settings
      }, transport: transport, logger: stage.logger)
  }

  private func prepare() async throws {
    try await stage.postgres.query(
      """
      INSERT INTO contacts (id, date_added, date_identified, email, firstname, lastname, city)
      SELECT n, '2026-01-01Z', '2026-01-01Z', n || '@example.com', 'Kim', 'Name ' || n, 'Vienna'
      FROM generate_series(1, \(contacts)) AS n
      """)
    let paragraph = "<p>Dear {contactfield=firstname|friend}, news from {contactfield=city}.</p>"
    let links = (1...10).map {
      "<a href=\"https://shop.example.com/p/\($0)?a=1&amp;b=2\">\($0)</a>"
    }
    let html =
      String(repeating: paragraph, count: 20) + links.joined(separator: "\n")
      + "<p>{unsubscribe_text} {webview_text}</p>"
    for id in 1...2 {
      try await stage.postgres.query(
        """
        INSERT INTO emails (id, name, subject, html, date_added)
        VALUES (\(id), 'Bench', 'News for {contactfield=firstname}', \(html), '2026-01-01Z')
        """)
    }
    try await stage.postgres.query("VACUUM ANALYZE")
  }

  /// Requests sends in batches of a campaign's size.
  private func place(_ environment: MailEnvironment, email: Int64) async throws -> BenchResult {
    let step = 2_500
    let (seconds, work) = try await stage.measure(items: contacts) {
      for first in stride(from: 1, through: contacts, by: step) {
        let order = SendRequest(
          email: email, kind: .marketing, source: SendSource(kind: "campaign.event", id: email),
          recipients: (first..<min(first + step, contacts + 1)).map {
            .init(contact: Int64($0), key: "campaign-\(email)-\($0)-1")
          })
        try await stage.client.transaction { transaction in
          _ = try await environment.dispatcher.dispatch(order, in: transaction)
        }
      }
    }
    return .rate("mail.place", Double(contacts) / seconds, unit: "sends/s", bare: nil, work: work)
  }

  private func send(_ environment: MailEnvironment, email: Int64) async throws -> (
    rate: Double, work: Work
  ) {
    var registry = JobRegistry()
    MailJobs.register(in: &registry, environment: environment)
    let queues = [MailQueues.normal]
    let (seconds, work) = try await stage.working(registry, queues: queues, concurrency: 2) {
      try await stage.working(registry, queues: queues, concurrency: 2) {
        try await stage.measure(items: contacts) {
          let end = ContinuousClock.now + .seconds(600)
          while try await !isSent(email) {
            guard ContinuousClock.now < end else { throw BenchError("mail came to a halt") }
            try await Task.sleep(for: .milliseconds(50))
          }
        }
      }
    }
    let sent: Int = try await stage.postgres.query(
      "SELECT count(*) FROM email_sends WHERE email_id = \(email) AND state = 3")[0].decode(at: 0)
    guard sent == contacts else { throw BenchError("\(sent) of \(contacts) messages were sent") }
    return (Double(contacts) / seconds, work)
  }

  private func isSent(_ email: Int64) async throws -> Bool {
    try await stage.postgres.query("SELECT FROM jobs WHERE name LIKE 'mail.%' LIMIT 1").isEmpty
  }

  /// Files of the same size by one loop.
  private func bare(_ folder: String) throws -> Double {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder + "/new")
    guard let first = names.first,
      let content = FileManager.default.contents(atPath: "\(folder)/new/\(first)")
    else { throw BenchError("there are no messages in \(folder)") }
    let count = min(contacts, 5_000)
    let start = ContinuousClock.now
    for number in 0..<count {
      let file = URL(filePath: "\(folder)/tmp/bare-\(number)")
      try content.write(to: file)
      try FileManager.default.moveItem(
        atPath: file.path, toPath: "\(folder)/new/bare-\(number)")
    }
    return Double(count) / (start.duration(to: .now) / .seconds(1))
  }
}

/// Postfix's `smtp-sink`, where it is installed: a server that accepts messages and discards them.
private final class MailSink {
  let url: String
  private let process = Process()

  private init(path: String) throws {
    let port = Int.random(in: 20_000..<30_000)
    url = "smtp://127.0.0.1:\(port)?tls=none"
    process.executableURL = URL(filePath: path)
    // As root it wants to become another user.
    process.arguments = (geteuid() == 0 ? ["-u", "nobody"] : []) + ["127.0.0.1:\(port)", "256"]
    try process.run()
  }

  /// Starts one that listens; nil if it is not installed.
  static func start() async throws -> MailSink? {
    let places = ["/usr/sbin/smtp-sink", "/usr/lib/postfix/sbin/smtp-sink"]
    let own = ProcessInfo.processInfo.environment["SMTP_SINK"].map { [$0] } ?? []
    guard let path = (own + places).first(where: FileManager.default.isExecutableFile) else {
      return nil
    }
    let sink = try MailSink(path: path)
    do {
      guard let server = SMTPServer(url: sink.url) else {
        throw BenchError("\(sink.url) is no URL")
      }
      let session = SMTPSession(server, timeout: .seconds(5))
      let probe = SMTPMessage(
        sender: "a@example.com", recipient: "b@example.com", content: Array("\r\n".utf8))
      let end = ContinuousClock.now + .seconds(10)
      // Until it accepts a message, the first ones would be deferred.
      while true {
        if case .accepted? = await session.send([probe]).first { break }
        guard ContinuousClock.now < end, sink.process.isRunning else {
          throw BenchError("\(path) does not listen")
        }
        try await Task.sleep(for: .milliseconds(20))
      }
    } catch {
      sink.stop()
      throw error
    }
    return sink
  }

  /// Kills it, because it ignores requests to end.
  func stop() {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }
}
