import API
import Campaigns
import Contacts
import Exports
import Forms
import Imports
import JobQueue
import Mail
import Points
import Postgres
import Segments
import Tracking
import Users

/// `martlet bench`: how much of what the bare servers can do is reached, all in one run.
package enum Bench {
  /// The groups of benchmarks, in the order in which they run.
  package static let groups = [
    "queue", "imports", "segments", "exports", "campaigns", "lateness", "mail", "api", "tracking",
    "forms", "console",
  ]

  /// Runs the groups in `names`, all of them when it is empty, and hands over each result.
  ///
  /// - Parameters:
  ///   - names: some of ``groups``.
  ///   - rows: rows of an import, jobs, contacts of a campaign, or messages; nil for the sizes that the
  ///     documentation quotes.
  ///   - databaseURL: a server where a database may be created and dropped.
  ///   - live: whether the console's live figures are measured in place of the times of its pages.
  ///   - redisURL: a server whose keys under a prefix of the benchmark's own are written.
  ///   - emit: gets each result as soon as it is there.
  /// - Throws: ``BenchError`` for an unknown name; the error of a server.
  package static func run(
    _ names: [String], rows: Int?, live: Bool = false, databaseURL: String, redisURL: String,
    emit: (BenchResult) -> Void
  ) async throws {
    for name in names where !groups.contains(name) {
      throw BenchError("unknown benchmark \(name): choose among \(groups.joined(separator: ", "))")
    }
    let campaignMigrations =
      JobQueueSchema.migrations + UsersMigrations.all + contacts
      + SegmentsMigrations.all + PointsMigrations.all + MailMigrations.all
      + CampaignsMigrations.all + TrackingMigrations.all
    let chosen = names.isEmpty ? groups : groups.filter { names.contains($0) }
    if chosen.contains("queue") {
      try await BenchStage.with(
        databaseURL: databaseURL, redisURL: redisURL, migrations: JobQueueSchema.migrations
      ) { stage in
        for result in try await QueueBench.run(stage, jobs: rows ?? 1_000_000) { emit(result) }
        for result in try await DurableBench.run(stage, jobs: (rows ?? 1_000_000) / 25) {
          emit(result)
        }
        for result in try await LatencyBench.run(stage, jobs: 2_000) { emit(result) }
      }
    }
    if chosen.contains("imports") {
      try await BenchStage.with(
        databaseURL: databaseURL, redisURL: redisURL,
        migrations: JobQueueSchema.migrations + UsersMigrations.all + contacts
          + ImportMigrations.all
      ) { stage in
        for result in try await ImportBench.run(stage, rows: rows ?? 1_000_000) { emit(result) }
      }
    }
    if chosen.contains("segments") {
      let migrations =
        JobQueueSchema.migrations + UsersMigrations.all + contacts
        + SegmentsMigrations.all + ImportMigrations.all + ExportsMigrations.all + APIMigrations.all
      try await BenchStage.with(
        databaseURL: databaseURL, redisURL: redisURL, migrations: migrations
      ) { stage in
        try await ImportBench.fill(stage, rows: (rows ?? 1_000_000) / 4)
        for result in try await SegmentBench.run(stage, part: ".quarter") { emit(result) }
      }
      try await BenchStage.with(
        databaseURL: databaseURL, redisURL: redisURL, migrations: migrations
      ) { stage in
        try await ImportBench.fill(stage, rows: rows ?? 1_000_000)
        for result in try await SegmentBench.run(stage) { emit(result) }
        for result in try await LiveSegmentBench.run(stage, changes: 4_000) { emit(result) }
        emit(try await ImportBench.live(stage, rows: rows ?? 1_000_000))
      }
    }
    if chosen.contains("exports") {
      try await BenchStage.with(
        databaseURL: databaseURL, redisURL: redisURL,
        migrations: JobQueueSchema.migrations + UsersMigrations.all + contacts
          + ImportMigrations.all + ExportsMigrations.all
      ) { stage in
        for result in try await ExportBench.run(stage, rows: rows ?? 1_000_000) { emit(result) }
      }
    }
    if chosen.contains("campaigns") {
      try await BenchStage.with(
        databaseURL: databaseURL, redisURL: redisURL, migrations: campaignMigrations
      ) { stage in
        for result in try await CampaignBench.run(stage, rows: rows ?? 1_000_000) { emit(result) }
      }
    }
    if chosen.contains("lateness") {
      try await BenchStage.with(
        databaseURL: databaseURL, redisURL: redisURL, migrations: campaignMigrations
      ) { stage in
        for result in try await LatenessBench.run(stage, entries: rows ?? 1_000_000) {
          emit(result)
        }
      }
    }
    if chosen.contains("mail") {
      try await BenchStage.with(
        databaseURL: databaseURL, redisURL: redisURL,
        migrations: JobQueueSchema.migrations + UsersMigrations.all + contacts
          + SegmentsMigrations.all + MailMigrations.all
      ) { stage in
        for result in try await MailBench.run(stage, contacts: rows ?? 100_000) { emit(result) }
      }
    }
    if chosen.contains("api") {
      try await BenchStage.with(
        databaseURL: databaseURL, redisURL: redisURL,
        migrations: campaignMigrations + ImportMigrations.all + ExportsMigrations.all
          + APIMigrations.all, connections: 16
      ) { stage in
        for result in try await APIBench.run(stage, rows: rows ?? 1_000_000) { emit(result) }
      }
    }
    if chosen.contains("tracking") {
      try await hits(
        rows: rows, databaseURL: databaseURL, redisURL: redisURL,
        migrations: campaignMigrations + ImportMigrations.all + ExportsMigrations.all
          + APIMigrations.all, emit: emit)
    }
    if chosen.contains("forms") {
      try await submissions(
        rows: rows, databaseURL: databaseURL, redisURL: redisURL,
        migrations: campaignMigrations + FormsMigrations.all + ImportMigrations.all
          + ExportsMigrations.all + APIMigrations.all, emit: emit)
    }
    if chosen.contains("console") {
      // Martlet's own programs make the schema.
      try await BenchStage.with(databaseURL: databaseURL, redisURL: redisURL, migrations: []) {
        stage in
        let results =
          live
          ? try await ConsoleLiveBench.run(stage, redisURL: redisURL, rows: rows ?? 100_000)
          : try await ConsoleBench.run(stage, redisURL: redisURL, rows: rows ?? 1_000_000)
        for result in results { emit(result) }
      }
    }
  }

  /// Submissions of forms through the API.
  private static func submissions(
    rows: Int?, databaseURL: String, redisURL: String, migrations: [Migration],
    emit: (BenchResult) -> Void
  ) async throws {
    try await BenchStage.with(
      databaseURL: databaseURL, redisURL: redisURL, migrations: migrations, connections: 16
    ) { stage in
      for result in try await FormBench.run(stage, rows: rows ?? 1_000_000) { emit(result) }
    }
  }

  /// Page hits through the API, and their recording.
  private static func hits(
    rows: Int?, databaseURL: String, redisURL: String, migrations: [Migration],
    emit: (BenchResult) -> Void
  ) async throws {
    try await BenchStage.with(
      databaseURL: databaseURL, redisURL: redisURL, migrations: migrations, connections: 16
    ) { stage in
      for result in try await TrackingBench.run(stage, devices: rows ?? 10_000) { emit(result) }
    }
  }

  /// The tables of contacts, with the first tables of the modules above.
  private static let contacts = ContactsMigrations.all(
    segments: SegmentsMigrations.inContacts, imports: ImportMigrations.inContacts,
    points: PointsMigrations.inContacts)
}
