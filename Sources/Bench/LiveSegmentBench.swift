import Fields
import Foundation
import Histogram
import JobQueue
import Postgres
import Primitives
import Segments
import Synchronization

/// The delay from the API's answer to a change until the contact is in, or out of, the segment it belongs to: 200
/// changes a second, 100 published segments, all contacts of the stage; beside one hand-written statement for the
/// membership.
enum LiveSegmentBench {
  private static let segments = 100
  private static let pace = Duration.milliseconds(5)

  static func run(_ stage: BenchStage, changes: Int) async throws -> [BenchResult] {
    let target = try await prepare(stage)
    let contacts = try await stage.postgres.query(
      """
      SELECT id FROM contacts TABLESAMPLE SYSTEM (5) REPEATABLE (1) ORDER BY random()
      LIMIT \(changes / 2)
      """
    ).map { try $0.decode(at: 0, as: Int64.self) }
    let registry = stage.segmentJobs()
    let waker = SegmentWaker(jobs: stage.client, logger: stage.logger)
    let waking = Task { await waker.run() }
    let watch = MembershipWatch()
    let watching = Task { try await watch.run(stage) }
    try await watch.isReady()
    let measured = try await BenchAPI.with(stage) { api in
      var measured: Work?
      try await stage.working(registry, queues: registry.queues, concurrency: 2) {
        try await stage.working(registry, queues: registry.queues, concurrency: 2) {
          // The first changes find nothing prepared.
          try await change(contacts.suffix(50), city: "Warm", api, nil)
          let (_, work) = try await stage.measure(items: contacts.count * 2) {
            try await change(contacts[...], city: city, api, watch)
            try await watch.settles()
            try await change(contacts[...], city: "Elsewhere", api, watch)
            try await watch.settles()
          }
          measured = work
        }
      }
      return measured
    }
    waking.cancel()
    watching.cancel()
    await waking.value
    let bare = try await byHand(contacts.prefix(1000), target, stage)
    let delays = watch.delays
    let details = ["rows": try await stage.rows(), "segments": Double(segments)]
    return [("p50", 50.0), ("p99", 99.0)].map { name, percentile in
      .time(
        "segments.live.\(name)", Double(delays.valueAtPercentile(percentile)) / 1e6, unit: "ms",
        bare: Double(bare.valueAtPercentile(percentile)) / 1e6, work: measured, details: details)
    }
  }

  private static let city = "Benchville"

  /// Publishes the segments: one for the city that contacts move to, others that look at the same column
  /// and at others, and some that look at members.
  private static func prepare(_ stage: BenchStage) async throws -> Int64 {
    let editor = SegmentEditor(jobs: stage.client, fields: FieldStore(pool: stage.postgres))
    func make(_ name: String, _ filters: [Primitives.JSONValue]) async throws -> Int64 {
      try await editor.create(SegmentInput(name: name, filters: .array(filters)), by: .system).id
    }
    let target = try await make("Target", [BenchFilter.on("city", "=", "text", .string(city))])
    for number in 1..<segments {
      let filters: [Primitives.JSONValue] =
        switch number % 10 {
        case 0: [BenchFilter.on("leadlist", "in", "leadlist", .array([.integer(target)]))]
        case 1...4:
          [
            BenchFilter.on("city", "startsWith", "text", .string("No such \(number)")),
            BenchFilter.on("points", "gt", "number", .integer(Int64(number))),
          ]
        case 5, 6: [BenchFilter.on("points", "gt", "number", .integer(Int64(1000 + number)))]
        case 7, 8: [BenchFilter.on("email", "contains", "email", .string("nobody\(number)"))]
        default:
          [
            BenchFilter.on("city", "!empty", "text", nil),
            BenchFilter.on("country", "=", "country", .string("Vatican City")),
          ]
        }
      _ = try await make("Segment \(number)", filters)
    }
    // The first rebuilds are not what is measured.
    let registry = stage.segmentJobs()
    try await stage.working(registry, queues: registry.queues, concurrency: 4) {
      let run = try await stage.client.transaction(at: stage.client.clock.now) { transaction in
        try await SegmentRebuilds.requestAll(in: transaction)
      }
      _ = try await SegmentRebuilds.wait(forRun: run, on: stage.postgres)
      while try await !stage.client.isIdle() { try await Task.sleep(for: .milliseconds(20)) }
    }
    try await stage.postgres.query("VACUUM ANALYZE segment_members")
    try await MembershipWatch.install(target, stage)
    return target
  }

  /// Changes contacts at a fixed pace, however long each takes.
  private static func change(
    _ contacts: ArraySlice<Int64>, city: String, _ api: BenchAPI, _ watch: MembershipWatch?
  ) async throws {
    let clock = ContinuousClock()
    let start = clock.now
    try await withThrowingTaskGroup(of: Void.self) { group in
      for (number, contact) in contacts.enumerated() {
        try await clock.sleep(until: start + pace * (number + 1))
        group.addTask {
          watch?.begins(contact)
          try await api.patch("/api/contacts/\(contact)/edit", #"{"city":"\#(city)"}"#)
          watch?.answered(contact)
        }
      }
      try await group.waitForAll()
    }
  }

  /// The time of a hand-written statement for one change.
  private static func byHand(
    _ contacts: ArraySlice<Int64>, _ segment: Int64, _ stage: BenchStage
  ) async throws -> Histogram<UInt64> {
    var times = Histogram<UInt64>(numberOfSignificantValueDigits: .three)
    for contact in contacts {
      let taken = try await seconds {
        try await stage.postgres.query(
          """
          INSERT INTO bare_members (contact_id, segment_id, date_added)
          SELECT id, \(segment), '2026-01-01Z' FROM contacts
          WHERE id = \(contact) AND lower(city) = 'elsewhere' ON CONFLICT DO NOTHING
          """)
      }
      times.record(UInt64(taken * 1e9))
    }
    return times
  }
}

extension BenchStage {
  /// The number of contacts.
  func rows() async throws -> Double {
    Double(try await postgres.query("SELECT count(*) FROM contacts")[0].decode(at: 0, as: Int.self))
  }
}
