/// Ten browsers watch the page of a campaign while contacts run through it, two workers and a scheduler beside the API.
enum ConsoleLiveBench {
  static func run(_ stage: BenchStage, redisURL: String, rows: Int) async throws -> [BenchResult] {
    let crew = try BenchCrew(
      BenchCrew.Place(
        programs: BenchCrew.Place.ownPrograms, databaseURL: stage.databaseURL, redisURL: redisURL,
        prefix: stage.prefix))
    let report: LiveFigures.Report
    do {
      try await crew.migrate()
      try await BenchCrew.addUser(stage.postgres)
      report = try await LiveFigures(pool: stage.postgres, crew: crew, watchers: 10)
        .run(contacts: rows)
    } catch {
      try await crew.end()
      throw error
    }
    try await crew.end()
    let megabyte = Double(1 << 20)
    var details = [
      "contacts": Double(rows), "browsers": 10, "pushes": Double(report.pushes),
      "events_per_second": (Double(report.done) / report.seconds).rounded(to: 0),
      "memory_mb": (Double(report.memory) / megabyte).rounded(to: 1),
      "memory_growth_mb": (Double(report.memoryGrowth) / megabyte).rounded(to: 1),
    ]
    details["statements_per_look_one_browser"] = report.statementsAlone
    details["statements_per_look_ten_browsers"] = report.statementsTogether
    details["looks_per_second"] = report.looksPerSecond?.rounded(to: 2)
    return [.time("console.live.lag", report.lag, unit: "s", bare: nil, details: details)]
  }
}
