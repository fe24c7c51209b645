import Foundation
import Postgres
import TestSupport
import Testing

/// Promises 1 to 4 of docs/architecture.md on campaigns: whatever is killed while contacts run through one,
/// each ends where a quiet run ends, each e-mail goes out once, each webhook has one effect.
@Suite("A campaign of 6,000 contacts", .serialized, .timeLimit(.minutes(15)))
struct CampaignFaultTests {
  private let contacts = 6_000

  private func survives(_ disturb: (Installation, Crew) async throws -> Void) async throws {
    let installation = try await Installation.start()
    let mail = try installation.folder("mail")
    let receiver = try HTTPStub { _ in "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n" }
    let environment = ["MARTLET_MAIL_TRANSPORT": "maildir:\(mail.path)"]
    let crew = try Crew(installation, workers: 2, schedulers: 2, environment: environment)
    let running = try await RunningCampaign.begin(
      installation, receiver: receiver, contacts: contacts)
    try await disturb(installation, crew)
    var states: [String: Int] = [:]
    let isDone = await eventually(within: .seconds(240)) {
      do { states = try await running.states() } catch { return false }
      return states == running.expected
    }
    #expect(isDone, "\(states) instead of \(running.expected) \(crew.casualties)")
    // One message for each contact, none twice: the address stands in the subject.
    let isSent = await eventually(within: .seconds(120)) {
      (try? Maildir.files(mail).count) ?? 0 >= contacts
    }
    #expect(isSent)
    let subjects = try Maildir.files(mail).map(Maildir.subject)
    #expect(subjects.count == contacts)
    #expect(Set(subjects).count == contacts)
    // The receiver recognises a repeated call by its key.
    let keys = receiver.asked.withLock { asked in
      asked.compactMap { call in
        call.headers.first { $0.lowercased().hasPrefix("idempotency-key:") }
      }
    }
    #expect(Set(keys).count == contacts / 3)
    let points = try await installation.pool.query(
      "SELECT count(*) FILTER (WHERE points = 3), count(*) FILTER (WHERE points NOT IN (0, 3)) FROM contacts"
    )
    #expect(try points[0].decode(Int.self, Int.self) == (contacts - contacts / 3, 0))
  }

  @Test("survives kill -9 of workers and schedulers, one after the other")
  func kills() async throws {
    try await survives { _, crew in
      for round in 0..<10 {
        try await Task.sleep(for: .milliseconds(1_500))
        try crew.replace(round % crew.members.count)
      }
    }
  }

  @Test("survives that Redis is emptied and PostgreSQL killed in the middle")
  func servers() async throws {
    try await survives { installation, crew in
      for _ in 0..<2 {
        try await Task.sleep(for: .seconds(2))
        let connection = try installation.redis.connect()
        _ = try await connection.send("FLUSHALL")
        await connection.close()
        try await Task.sleep(for: .seconds(2))
        installation.postgres.kill()
        try await installation.postgres.start()
        try crew.replace(0)
      }
    }
  }
}
