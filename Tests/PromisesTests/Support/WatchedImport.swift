import Foundation
import Postgres
import Sample
import TestSupport

/// An import of sample contacts, watched through the database as the test's processes do it.
struct WatchedImport {
  let installation: Installation
  let rows: Int

  /// Submits a list of `rows` contacts by the command line.
  static func submit(_ installation: Installation, rows: Int) async throws -> WatchedImport {
    var text = ""
    // More repeated addresses than in life, so that parts depend on each other.
    for line in ContactList(rows: rows, seed: 11, duplicates: 5, bad: 1) { text += line }
    let file = try installation.file("contacts.csv", text)
    let mapping = ContactList.mapping.flatMap { ["--map", "\($0.column)=\($0.field)"] }
    try await installation.command(["import", file, "--tag", "sample"] + mapping)
    return WatchedImport(installation: installation, rows: rows)
  }

  /// Starts an installation with an API and two workers, and imports a list of `rows` contacts.
  static func installation(
    rows: Int
  ) async throws -> (installation: Installation, api: APIProcess, crew: Crew) {
    let installation = try await Installation.start()
    let api = try await APIProcess(installation)
    let crew = try Crew(installation)
    let list = try await submit(installation, rows: rows)
    guard await list.ends() else {
      throw Installation.Failure(description: "the import does not end: \(crew.casualties)")
    }
    return (installation, api, crew)
  }

  struct State: Sendable, Equatable {
    var status = 0
    var lines = 0
    var inserted = 0
    var updated = 0
    var ignored = 0
    var processed: Int { inserted + updated + ignored }
  }

  /// The import's row as it stands.
  func state() async throws -> State {
    let rows = try await installation.pool.query(
      """
      SELECT status::int AS status, line_count::bigint AS line_count,
        inserted_count::bigint AS inserted_count, updated_count::bigint AS updated_count,
        ignored_count::bigint AS ignored_count
      FROM imports WHERE status <> 8 ORDER BY id LIMIT 1
      """)
    guard let row = rows.first else { return State() }
    return State(
      status: try row.decode("status"), lines: try row.decode("line_count"),
      inserted: try row.decode("inserted_count"), updated: try row.decode("updated_count"),
      ignored: try row.decode("ignored_count"))
  }

  /// Waits until `share` of the rows are done, or the import has ended.
  func reaches(_ share: Double, within limit: Duration = .seconds(240)) async -> Bool {
    await eventually(within: limit) {
      // A server that is just being restarted answers later.
      guard let state = try? await state() else { return false }
      return state.status == 3 || Double(state.processed) >= share * Double(rows)
    }
  }

  /// Waits for the end.
  func ends(within limit: Duration = .seconds(300)) async -> Bool {
    await eventually(within: limit) { (try? await state().status) == 3 }
  }

  /// The rows that the import left in the tables, without instants: they must not depend on faults
  /// in between. Ids are in it: rows keep theirs whatever worker takes them.
  func outcome() async throws -> [String: String] {
    func digest(_ sql: SQL) async throws -> String {
      try await installation.pool.query(sql).first?.decode("digest") ?? "none"
    }
    let end = try await state()
    return [
      "counts": "\(end)",
      "contacts": try await digest(
        """
        SELECT count(*) || ' ' || coalesce(md5(string_agg(
          concat_ws('|', id, title, firstname, lastname, company, position, email, phone, mobile,
            address1, city, state, zipcode, country, website, points), ',' ORDER BY id)), '')
          AS digest FROM contacts
        """),
      "emails": try await digest(
        "SELECT count(DISTINCT lower(email)) || ' of ' || count(email) AS digest FROM contacts"),
      "tags": try await digest(
        """
        SELECT count(*) || ' ' || coalesce(md5(string_agg(
          contact_id || t.tag, ',' ORDER BY contact_id, t.tag)), '') AS digest
        FROM contact_tags JOIN tags t ON t.id = tag_id
        """),
      "companies": try await digest(
        """
        SELECT count(*) || ' ' || coalesce(md5(string_agg(
          contact_id || c.companyname || is_primary, ',' ORDER BY contact_id, c.companyname)), '')
          AS digest
        FROM contact_companies JOIN companies c ON c.id = company_id
        """),
      "log": try await digest(
        """
        SELECT count(*) || ' ' || coalesce(md5(string_agg(
          concat_ws('|', contact_id, row_number, action), ',' ORDER BY row_number)), '') AS digest
        FROM import_log
        """),
      "failures": try await digest(
        """
        SELECT count(*) || ' ' || coalesce(md5(string_agg(
          concat_ws('|', row_number, line, error), ',' ORDER BY row_number)), '') AS digest
        FROM import_failures
        """),
      "jobs left": try await digest("SELECT count(*)::text AS digest FROM jobs"),
    ]
  }
}

/// The outcome of an undisturbed import of the same list, computed once.
actor QuietImport {
  static let shared = QuietImport()
  private var running: Task<[String: String], any Error>?
  /// The peak memory of its worker in bytes; nil if unknown.
  private(set) var peakMemory: Int?

  func outcome(rows: Int) async throws -> [String: String] {
    if let running { return try await running.value }
    let task = Task {
      let installation = try await Installation.start()
      let crew = try Crew(installation, workers: 1)
      let list = try await WatchedImport.submit(installation, rows: rows)
      guard await list.ends() else {
        throw Installation.Failure(
          description: "a quiet import did not end: \(try await list.state()) \(crew.casualties)")
      }
      peakMemory = crew.members.first?.process.peakMemory
      return try await list.outcome()
    }
    running = task
    return try await task.value
  }
}
