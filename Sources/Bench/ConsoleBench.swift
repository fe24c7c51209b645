import Foundation
package import Postgres
import Users

/// The pages of the console as a browser asks for them, packed, from an API process of its own; beside the route of the API
/// that answers the same records, asked for by the same connections.
enum ConsoleBench {
  /// Two who click as fast as answers come.
  private static let connections = 2

  /// A page and the route of the API beside it.
  private struct Scenario: Sendable {
    var name: String
    /// The paths for the number of a request.
    var page: @Sendable (Int) -> String
    var route: (@Sendable (Int) -> String)?
    /// Whether it is a list, whose rows count.
    var isList = false
  }

  /// - Parameters:
  ///   - rows: The number of contacts.
  ///   - seconds: The time of each measurement.
  static func run(
    _ stage: BenchStage, redisURL: String, rows: Int, seconds: Double = 3
  ) async throws -> [BenchResult] {
    try await with(stage, redisURL: redisURL, programs: ["martlet-api"]) { browser in
      try await APIBench.fill(stage, rows: rows)
      try await ConsoleRecords(stage: stage, browser: browser).fill(contacts: rows)
      let load = Load(port: browser.port, connections: connections)
      var results: [BenchResult] = []
      for scenario in scenarios(contacts: rows) {
        let sample = try await load.answer(to: browser.get(scenario.page(1)))
        let plain = try await load.whole(browser.get(scenario.page(1), accept: "identity"))
        guard sample.status == 200, plain.status == 200 else {
          throw BenchError("\(scenario.page(1)) was answered with \(sample.status)")
        }
        // What is prepared once is not measured.
        for request in [scenario.page, scenario.route].compactMap({ $0 }) {
          _ = try await load.run(seconds: 0.5) { browser.get(request($0 + 1 << 20)) }
        }
        let measured = try await load.run(seconds: seconds) { browser.get(scenario.page($0)) }
        var bare: Load.Measured?
        if let route = scenario.route {
          bare = try await load.run(seconds: seconds) { browser.get(route($0)) }
        }
        var details = [
          "p50_ms": measured.p50.rounded(to: 3), "bytes": Double(sample.body.count),
          "pages_per_second": measured.rate.rounded(to: 1), "contacts": Double(rows),
        ]
        if let bare { details["api_p50_ms"] = bare.p50.rounded(to: 3) }
        if scenario.isList {
          // Headings are rows too.
          let shown = plain.body.ranges(of: "<tr").count - plain.body.ranges(of: "<thead").count
          details["rows"] = Double(shown)
          details["rows_per_second"] = (measured.rate * Double(shown)).rounded(to: 0)
        }
        results.append(
          .time(
            "console.\(scenario.name)", measured.p99, unit: "ms", bare: bare?.p99, details: details)
        )
      }
      return results
    }
  }

  /// Runs Martlet's programs on a stage while the body runs, with somebody signed in.
  static func with<R>(
    _ stage: BenchStage, redisURL: String, programs: [String],
    isolation: isolated (any Actor)? = #isolation,
    _ body: (BenchBrowser) async throws -> R
  ) async throws -> R {
    let crew = try BenchCrew(
      BenchCrew.Place(
        programs: BenchCrew.Place.ownPrograms, databaseURL: stage.databaseURL, redisURL: redisURL,
        prefix: stage.prefix))
    do {
      try await crew.migrate()
      try await BenchCrew.addUser(stage.postgres)
      for program in programs { try crew.start(program) }
      let result = try await body(try await BenchBrowser(port: crew.port))
      try await crew.end()
      return result
    } catch {
      try await crew.end()
      throw error
    }
  }

  private static func scenarios(contacts: Int) -> [Scenario] {
    /// A contact for the number of a request, spread over all.
    let contact: @Sendable (Int) -> Int = { ($0 % 1_000_003 &* 7_919) % contacts + 1 }
    func list(
      _ name: String, _ path: String, api: String? = nil
    ) -> Scenario {
      let route = "/api/\(api ?? "\(path)?limit=30")"
      return Scenario(
        name: name, page: { _ in "/console/\(path)" }, route: { _ in route },
        isList: true)
    }
    let searches = [
      Scenario(
        name: "contacts.email", page: { "/console/contacts?search=email:n\(contact($0))@x.test" },
        route: { "/api/contacts?limit=30&search=email:n\(contact($0))@x.test" }, isList: true),
      Scenario(
        name: "contacts.segment", page: { _ in "/console/contacts?segment=bench-1" },
        route: { _ in "/api/contacts?limit=30&search=segment:bench-1" }, isList: true),
      Scenario(
        name: "contact", page: { "/console/contacts/\(contact($0))" },
        route: { "/api/contacts/\(contact($0))" }),
    ]
    return [
      Scenario(name: "overview", page: { _ in "/console" }),
      list("contacts", "contacts"),
    ] + searches + [
      list("companies", "companies"), list("segments", "segments"),
      list("campaigns", "campaigns"), list("emails", "emails"), list("forms", "forms"),
      list("pages", "pages"), list("assets", "assets"),
      list("dynamiccontents", "dynamiccontents"), list("messages", "messages"),
      list("points", "points"), list("triggers", "triggers", api: "points/triggers?limit=30"),
      list("stages", "stages"), list("tags", "tags"), list("categories", "categories"),
      list("fields", "fields", api: "fields/contact?limit=30"),
      list("reports", "reports"), list("imports", "imports"),
      list("exports", "exports"), list("webhooks", "webhooks", api: "hooks?limit=30"),
      list("users", "users"), list("roles", "roles"),
      list("audit", "audit", api: "audit?limit=30"), list("work", "work", api: "queues"),
    ]
  }
}

extension BenchCrew {
  /// Adds the administrator that ``BenchBrowser`` signs in.
  package static func addUser(_ pool: PostgresPool) async throws {
    let users = UserStore(pool: pool, hasher: PasswordHasher(cost: .least))
    try await users.add(
      NewUser(username: BenchBrowser.user, role: Role.administrators),
      password: BenchBrowser.password, now: Date())
  }
}
