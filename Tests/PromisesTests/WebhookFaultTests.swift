import Foundation
import Postgres
import Redis
import Synchronization
import TestSupport
import Testing

/// Promises 1 to 3 of docs/architecture.md on webhooks: whatever is killed, a receiver hears of each change of a contact, in
/// the order of the changes; what it hears again has the same name.
@Suite("A webhook told of 300 changes of points", .serialized, .timeLimit(.minutes(15)))
struct WebhookFaultTests {
  private let contacts = 30
  private let changes = 10

  @Test("hears of each in order after workers were killed and Redis emptied")
  func survives() async throws {
    let installation = try await Installation.start()
    try await installation.command(["settings", "set", "webhook_allow_private", "true"])
    let stub = try HTTPStub { _ in
      // So slow that a worker is killed while it waits for the answer.
      Thread.sleep(forTimeInterval: 0.02)
      return "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
    }
    let api = try await APIProcess(installation)
    try await installation.pool.query(
      """
      INSERT INTO contacts (id, email, date_added, date_identified)
      SELECT n, 'user' || n || '@example.com', '2024-01-01Z', '2024-01-01Z'
      FROM generate_series(1, \(contacts)) AS n
      """)
    let hook = try await api.send(
      "POST", "/api/hooks/new",
      #"{"name":"CRM","webhookUrl":"\#(stub.url())","triggers":["mautic.lead_points_change"]}"#)
    try #require(hook.status == 201, "\(hook)")
    let crew = try Crew(installation)
    let redis = try installation.redis.connect()
    for change in 1...changes {
      for contact in 1...contacts {
        let answer = try await api.send("POST", "/api/contacts/\(contact)/points/plus/1")
        try #require(answer.status == 200, "\(answer)")
      }
      if change == 3 { try crew.replace(0) }
      if change == 5 { _ = try await redis.send("FLUSHALL") }
      if change == 7 { for worker in 0...1 { try crew.replace(worker) } }
    }
    let all = contacts * changes
    let isDone = await eventually(within: .seconds(180)) { told(stub).count >= all }
    #expect(isDone, "\(told(stub).count) of \(all) \(crew.casualties)")
    let heard = told(stub)
    for contact in 1...contacts {
      #expect(heard.filter { $0.contact == contact }.map(\.points) == Array(1...changes))
    }
    await redis.close()
  }

  /// The changes in the order in which they were told for the first time.
  private func told(_ stub: HTTPStub) -> [(contact: Int, points: Int)] {
    var seen: Set<String> = []
    return stub.asked.withLock { $0 }.compactMap { request in
      let name = request.headers.first { $0.lowercased().hasPrefix("idempotency-key:") } ?? ""
      guard seen.insert(name).inserted,
        let contact = request.body.firstMatch(of: /"all":\{"id":(\d+)/).flatMap({ Int($0.1) }),
        let points = request.body.firstMatch(of: /"new_points": (\d+)/).flatMap({ Int($0.1) })
      else { return nil }
      return (contact, points)
    }
  }
}
