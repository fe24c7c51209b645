import Fields
import Forms
import Foundation
import JobQueue
import Postgres
import Users

/// Submissions of a form over loopback connections, with the load generator, PostgreSQL and Redis on the same machine: answers
/// a second beside the same inserts as bare SQL. Each submission that was answered has to be stored once.
enum FormBench {
  private static let connections = 64
  private static let sessions = 8
  private static let agent =
    "Mozilla/5.0 (X11; Linux x86_64; rv:125.0) Gecko/20100101 Firefox/125.0"

  /// - Parameters:
  ///   - rows: The number of contacts that exist before.
  ///   - seconds: The time of each measurement.
  static func run(
    _ stage: BenchStage, rows: Int, seconds: Double = 5
  ) async throws -> [BenchResult] {
    try await fill(stage, rows: rows)
    let form = try await form(stage)
    return try await BenchAPI.with(stage) { api in
      let load = Load(port: api.port, connections: connections)
      // A sign-up by somebody new, and one by a contact with this address.
      let new: @Sendable (Int) -> [UInt8] = { number in
        api.post(
          "/form/submit/ajax", body(form, "new\(number)@x.test", "new\(number)"), agent: agent)
      }
      let known: @Sendable (Int) -> [UInt8] = { number in
        let contact = number % 1_000_003 &* 7_919 % rows + 1
        return api.post(
          "/form/submit/ajax", body(form, "n\(contact)@x.test", "known\(number)"), agent: agent)
      }
      var results: [BenchResult] = []
      for (name, request) in [("new", new), ("known", known)] {
        // What is prepared once is not measured.
        _ = try await load.run(seconds: 0.5) { request($0 + 1 << 41) }
        let before = try await count(stage)
        let statements = stage.postgres.statementsSent
        let commands = try await stage.commandsServed()
        let measured = try await load.run(seconds: seconds, request)
        let items = Double(measured.count)
        let work = Work(
          statementsPerItem: Double(stage.postgres.statementsSent - statements) / items,
          commandsPerItem: Double(try await stage.commandsServed() - commands) / items)
        let stored = try await count(stage) - before
        guard stored == measured.count else {
          let answer = try await load.answer(to: request(1 << 42))
          throw BenchError(
            "\(measured.count) submissions of \(name) were answered, \(stored) are stored; one more is answered "
              + String(decoding: answer.body.prefix(400), as: UTF8.self))
        }
        let bare = try await byHand(stage, form, isNew: name == "new", rows, min(2, seconds))
        results.append(
          .rate(
            "forms.\(name)", measured.rate, unit: "submissions/s", bare: bare, work: work,
            details: [
              "contacts": Double(rows), "p50_ms": measured.p50.rounded(to: 3),
              "p99_ms": measured.p99.rounded(to: 3),
            ]))
      }
      return results
    }
  }

  private static func body(_ form: Int64, _ address: String, _ token: String) -> String {
    "mauticform[formId]=\(form)&mauticform[email]=\(address)&mauticform[firstname]=Ann"
      + "&mauticform[city]=Town7&mauticform[message]=Hello+there&mauticform[_token]=\(token)"
      + "&mauticform[return]=https://shop.example/sign-up&mauticform[formName]=signup"
  }

  /// A form with an address, a name, a city, and a message that fills in nothing.
  private static func form(_ stage: BenchStage) async throws -> Int64 {
    let store = FormStore(jobs: stage.client, fields: FieldStore(pool: stage.postgres))
    var input = FormInput()
    input.name = "Sign up"
    input.fields = ["email", "firstname", "city", "message"].map { alias in
      var field = FormFieldInput()
      field.label = alias
      field.alias = alias
      field.type = alias == "email" ? "email" : "text"
      field.isRequired = alias == "email"
      if alias != "message" { field.mapping = FormMappingInput(.contact, alias) }
      return field
    }
    return try await store.create(
      input, by: Author(id: nil, name: "bench"), now: stage.client.clock.now
    ).id
  }

  private static func count(_ stage: BenchStage) async throws -> Int {
    try await stage.postgres.query("SELECT count(*) FROM form_submissions")[0].decode(at: 0)
  }

  /// The same rows by one statement for each submission, on as many sessions as the API has at once, a second.
  private static func byHand(
    _ stage: BenchStage, _ form: Int64, isNew: Bool, _ rows: Int, _ seconds: Double
  ) async throws -> Double {
    let start = ContinuousClock.now
    let count = try await withThrowingTaskGroup(of: Int.self) { group in
      for worker in 0..<sessions {
        group.addTask {
          try await stage.postgres.withConnection { connection in
            var count = 0
            while ContinuousClock.now - start < .seconds(seconds) {
              let number = count * sessions + worker
              try await connection.query(
                bare(form, number, contact: isNew ? nil : Int64(number * 7_919 % rows) + 1))
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

  private static func bare(_ form: Int64, _ number: Int, contact: Int64?) -> SQL {
    let contacts: SQL =
      if let contact {
        """
        UPDATE contacts SET firstname = 'Bob', city = 'Town8', date_modified = now(),
          last_active = now() WHERE id = \(contact) RETURNING id
        """
      } else {
        """
        INSERT INTO contacts (date_added, date_identified, last_active, email, firstname, city)
        VALUES (now(), now(), now(), \("bare\(number)@x.test"), 'Ann', 'Town7') RETURNING id
        """
      }
    return """
      WITH made AS (\(sql: contacts)), noted AS (
        INSERT INTO contact_changes (contact_ids, topics, at)
        SELECT ARRAY[id], ARRAY['created'], now() FROM made
      ), logged AS (
        INSERT INTO audit_log (bundle, object, object_id, action, details, date_added)
        SELECT 'lead', 'lead', id, 'create', '{}', now() FROM made
      ), device AS (
        INSERT INTO devices (contact_id, device, tracking_id, date_added)
        SELECT id, 'desktop', \("bare\(number)\(contact == nil ? "n" : "k")"), now() FROM made
      ), stored AS (
        INSERT INTO form_submissions (form_id, contact_id, token, date_submitted, referer, results)
        SELECT \(form), id, \("bare\(number)\(contact == nil ? "n" : "k")"), now(),
          'https://shop.example/sign-up', '{"email":"bare@x.test","firstname":"Ann","city":"Town7"}'
        FROM made RETURNING id
      )
      INSERT INTO jobs (id, queue, name, version, payload, max_attempts, created_at)
      SELECT gen_random_uuid(), 'bare', 'forms.follow', 1, '{"submission":1}', 10, now() FROM stored
      """
  }

  private static func fill(_ stage: BenchStage, rows: Int) async throws {
    try await stage.postgres.query(
      """
      INSERT INTO contacts (id, date_added, date_identified, email, firstname, lastname, city)
      SELECT n, '2024-01-01Z'::timestamptz + n * interval '1 second', '2024-01-01Z',
        'n' || n || '@x.test', (ARRAY['Ann', 'Bob', 'José'])[1 + n % 3],
        'Name' || n * 31::bigint % 5000, 'Town' || n * 7919::bigint % 400
      FROM generate_series(1, \(rows)::bigint) AS n
      """)
    try await stage.postgres.query("SELECT setval('contacts_id_seq', \(rows)::bigint)")
    try await stage.postgres.query("VACUUM ANALYZE contacts")
  }
}
