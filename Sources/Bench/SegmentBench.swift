import Fields
import Foundation
import JobQueue
import Postgres
import Primitives
import Segments

/// The first full rebuild of a segment that holds about half of the contacts, and one that finds nothing to change, by
/// two workers; each beside one hand-written statement for it. Run on a quarter of the contacts too, the figures show
/// how it scales.
enum SegmentBench {
  /// - Parameter part: A suffix for the names of the results, such as `.quarter`.
  static func run(_ stage: BenchStage, part: String = "") async throws -> [BenchResult] {
    // Imports leave marks for segments; they belong to another benchmark. And the first reader would check the
    // visibility of all rows.
    try await stage.postgres.query("TRUNCATE contact_changes")
    try await stage.postgres.query("VACUUM ANALYZE contacts")
    try await stage.postgres.query(
      "CREATE TABLE bare_members (LIKE segment_members INCLUDING ALL)")
    // The filters as a person writes them, once to warm up.
    let total: Int = try await stage.postgres.query(
      "SELECT count(*) FROM contacts AS c WHERE \(sql: byHand)")[0].decode(at: 0)
    let bareFirst = try await seconds { try await stage.postgres.query(insertion) }
    try await stage.postgres.query("ANALYZE bare_members")
    let bareUnchanged = try await seconds { try await stage.postgres.query(difference) }

    let editor = SegmentEditor(jobs: stage.client, fields: FieldStore(pool: stage.postgres))
    let segment = try await editor.create(
      SegmentInput(name: "Half", filters: .array(filters)), by: .system)
    let first = try await rebuild(segment.id, stage)
    try await stage.postgres.query("ANALYZE segment_members")
    let unchanged = try await rebuild(segment.id, stage)
    guard first.added == total, unchanged.added + unchanged.removed == 0 else {
      throw BenchError("\(first.added) contacts are members, not \(total)")
    }
    let rows = try await stage.rows()
    return [
      .time(
        "segments.first\(part)", first.seconds, unit: "s", bare: bareFirst, work: first.work,
        details: [
          "rows": rows, "members": Double(first.added), "members_per_second": first.rate,
        ]),
      .time(
        "segments.unchanged\(part)", unchanged.seconds, unit: "s", bare: bareUnchanged,
        work: unchanged.work, details: ["rows": rows, "members": Double(total)]),
    ]
  }

  private struct Run {
    var seconds: Double
    var added: Int
    var removed: Int
    var work: Work
    var rate: Double { (Double(added) / seconds).rounded(to: 0) }
  }

  /// Three filters, which about half of the sample's contacts satisfy.
  private static let filters: [Primitives.JSONValue] = [
    BenchFilter.on("points", "gte", "number", .integer(20)),
    BenchFilter.on("company", "!empty", "text", nil),
    BenchFilter.on("email", "!like", "email", .string("%@example.org")),
  ]

  private static let byHand: SQL = """
    c.points >= 20 AND c.company <> '' AND (c.email IS NULL OR c.email NOT ILIKE '%@example.org')
    """

  private static let insertion: SQL = """
    INSERT INTO bare_members (contact_id, segment_id, date_added)
    SELECT c.id, 1, '2026-01-01Z' FROM contacts AS c WHERE \(sql: byHand)
    """

  /// The contacts to enter and to leave: none.
  private static let difference: SQL = """
    SELECT c.id FROM contacts AS c
      LEFT JOIN bare_members AS m ON m.contact_id = c.id AND m.segment_id = 1
    WHERE coalesce(\(sql: byHand), false) <> (m.contact_id IS NOT NULL)
    """

  private static func rebuild(_ segment: Int64, _ stage: BenchStage) async throws -> Run {
    let request = try await stage.client.transaction { transaction in
      try await SegmentRebuilds.request([segment], in: transaction)
    }[0]
    let registry = stage.segmentJobs()
    var ended: SegmentRebuild?
    var (took, work) = (0.0, Work(statementsPerItem: 0, commandsPerItem: 0))
    try await stage.working(registry, queues: registry.queues, concurrency: 2) {
      try await stage.working(registry, queues: registry.queues, concurrency: 2) {
        (took, work) = try await stage.measure(items: 1) {
          ended = try await SegmentRebuilds.wait(for: request, on: stage.postgres)
        }
      }
    }
    guard let ended, ended.state == .done else {
      throw BenchError("the rebuild failed: \(ended?.error ?? "it was not done")")
    }
    return Run(
      seconds: ended.seconds ?? took, added: ended.added, removed: ended.removed, work: work)
  }
}

extension BenchStage {
  /// The jobs that maintain segments.
  func segmentJobs() -> JobRegistry {
    var registry = JobRegistry()
    SegmentJobs.register(
      in: &registry,
      cache: SegmentSetCache(fields: FieldStore(pool: postgres)))
    return registry
  }
}
