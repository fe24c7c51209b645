import Foundation
import Hummingbird
import Logging
import Postgres

/// The API over loopback connections, with the load generator and PostgreSQL on the same machine: requests a second beside a
/// route of the bare HTTP library that answers the same bytes, and beside the same work as bare SQL.
enum APIBench {
  private static let connections = 16

  /// One kind of request.
  private struct Scenario: Sendable {
    var name: String
    var request: @Sendable (Int) -> [UInt8]
    /// The same work in SQL, for the number of a request.
    var sql: @Sendable (Int, PostgresConnection) async throws -> Void
  }

  /// - Parameters:
  ///   - rows: The number of contacts.
  ///   - seconds: The time of each measurement.
  static func run(
    _ stage: BenchStage, rows: Int, seconds: Double = 5
  ) async throws -> [BenchResult] {
    try await fill(stage, rows: rows)
    return try await BenchAPI.with(stage) { api in
      let load = Load(port: api.port, connections: connections)
      var results: [BenchResult] = []
      for scenario in scenarios(api, rows: rows) {
        let sample = try await load.answer(to: scenario.request(1 << 40))
        // What is prepared once is not measured.
        _ = try await load.run(seconds: 0.5) { scenario.request($0 + 1 << 41) }
        let statements = stage.postgres.statementsSent
        let measured = try await load.run(seconds: seconds, scenario.request)
        let sent = Double(stage.postgres.statementsSent - statements) / Double(measured.count)
        let bare = try await BareRoute.with(answering: sample.body) { port in
          try await Load(port: port, connections: connections)
            .run(seconds: min(2, seconds)) { _ in api.get("/") }
        }
        let sql = try await byHand(stage, seconds: min(2, seconds), scenario)
        results.append(
          .rate(
            "api.\(scenario.name)", measured.rate, unit: "requests/s", bare: bare.rate,
            work: Work(statementsPerItem: sent, commandsPerItem: 0),
            details: [
              "rows": Double(rows), "p50_ms": measured.p50.rounded(to: 3),
              "p99_ms": measured.p99.rounded(to: 3), "bytes": Double(sample.body.count),
              "sql": sql.rounded(to: 1), "sql_ratio": (measured.rate / sql).rounded(to: 3),
            ]))
      }
      return results
    }
  }

  // MARK: Scenarios

  private static func scenarios(_ api: BenchAPI, rows: Int) -> [Scenario] {
    /// A contact for the number of a request, spread over all.
    let contact: @Sendable (Int) -> Int64 = { number in
      Int64(number % 1_000_003 &* 7_919 % rows) + 1
    }
    let byID: @Sendable (Int, PostgresConnection) async throws -> Void = { number, connection in
      try await connection.query("SELECT * FROM contacts WHERE id = \(contact(number))")
    }
    func search(_ name: String, _ text: @escaping @Sendable (Int) -> String, _ condition: SQL)
      -> Scenario
    {
      Scenario(
        name: name,
        request: { api.get("/api/contacts?limit=30&search=\(text($0))") },
        sql: { _, connection in
          try await connection.query(
            """
            SELECT * FROM contacts WHERE \(sql: condition)
            ORDER BY last_active DESC NULLS LAST, id DESC LIMIT 30
            """)
        })
    }
    return [
      Scenario(
        name: "read", request: { api.get("/api/contacts/\(contact($0))") }, sql: byID),
      Scenario(
        name: "list", request: { _ in api.get("/api/contacts?limit=30") },
        sql: { _, connection in
          try await connection.query(
            """
            SELECT * FROM contacts ORDER BY id DESC LIMIT 30
            """)
        }),
      search(
        "search.email", { "email:n\(contact($0))@" },
        "lower(email COLLATE \"C\") = 'n77@x.test' AND NOT identity_shared AND email IS NOT NULL"),
      search("search.city", { "city:town\($0 % 200)" }, "lower(city COLLATE \"C\") LIKE 'town77%'"),
      search("search.word", { "name\($0 % 500)" }, "lower(lastname COLLATE \"C\") LIKE '%name77%'"),
      Scenario(
        name: "update",
        request: { number in
          api.send(
            "PATCH", "/api/contacts/\(contact(number))/edit", "{\"position\":\"P\(number)\"}")
        },
        sql: { number, connection in
          try await connection.query(
            """
            WITH changed AS (
              UPDATE contacts SET position = \("Q\(number)"), date_modified = now()
              WHERE id = \(contact(number)) RETURNING id
            )
            INSERT INTO contact_changes (contact_ids, topics, at)
            SELECT ARRAY[id], ARRAY['position'], now() FROM changed
            """)
        }),
      Scenario(
        name: "create",
        request: { number in
          api.send(
            "POST", "/api/contacts/new",
            """
            {"email":"new\(number)@x.test","firstname":"Ann","lastname":"New","city":"Town7"}
            """)
        },
        sql: { number, connection in
          try await connection.query(
            """
            WITH made AS (
              INSERT INTO contacts (date_added, email, firstname, lastname, city)
              VALUES (now(), \("bare\(number)@x.test"), 'Ann', 'New', 'Town7') RETURNING id
            ), noted AS (
              INSERT INTO contact_changes (contact_ids, topics, at)
              SELECT ARRAY[id], ARRAY['created'], now() FROM made
            )
            INSERT INTO audit_log (bundle, object, object_id, action, details, date_added)
            SELECT 'lead', 'lead', id, 'create', '{}', now() FROM made
            """)
        }),
    ]
  }

  /// The statements of a scenario on as many sessions as the API has, a second.
  private static func byHand(
    _ stage: BenchStage, seconds: Double, _ scenario: Scenario
  ) async throws -> Double {
    let start = ContinuousClock.now
    let count = try await withThrowingTaskGroup(of: Int.self) { group in
      for worker in 0..<8 {
        group.addTask {
          try await stage.postgres.withConnection { connection in
            var count = 0
            while ContinuousClock.now - start < .seconds(seconds) {
              try await scenario.sql(count * 8 + worker, connection)
              count += 1
            }
            return count
          }
        }
      }
      return try await group.reduce(0, +)
    }
    return Double(count) / (ContinuousClock.now - start).seconds
  }

  /// A number of contacts, spread over names, companies, towns and states.
  static func fill(_ stage: BenchStage, rows: Int) async throws {
    try await stage.postgres.query(
      """
      INSERT INTO contacts (id, date_added, date_identified, last_active, email, firstname, lastname,
        company, city, state, country, phone)
      SELECT n, '2024-01-01Z'::timestamptz + n * interval '1 second', '2024-01-01Z',
        CASE WHEN n % 4 = 0 THEN '2024-06-01Z'::timestamptz + n * interval '1 second' END,
        'n' || n || '@x.test', (ARRAY['Ann', 'Bob', 'José'])[1 + n % 3],
        'Name' || n * 31::bigint % 5000, 'Company ' || n % 5000, 'Town' || n * 7919::bigint % 400,
        'State ' || n % 50, 'Italy', '+39 06 ' || n
      FROM generate_series(1, \(rows)::bigint) AS n
      """)
    try await stage.postgres.query("SELECT setval('contacts_id_seq', \(rows)::bigint)")
    try await stage.postgres.query("VACUUM ANALYZE contacts")
  }
}
