import Fields
import Foundation
import JobQueue
import Processes
import Segments

/// The database and queue operations of the commands about segments.
struct SegmentDesk: Sendable {
  let store: SegmentStore
  let editor: SegmentEditor
  private let jobs: JobClient

  init(_ tool: Tool) {
    store = SegmentStore(pool: tool.backends.postgres)
    editor = tool.backends.segmentEditor(fields: FieldStore(pool: tool.backends.postgres))
    jobs = tool.backends.jobs
  }

  /// The segments found by name, and the names not found. A number is tried as an id first, then as an alias.
  func find(_ names: [String]) async throws -> (found: [Segment], unknown: [String]) {
    var found: [Segment] = []
    var unknown: [String] = []
    for name in names {
      var segment: Segment?
      if let id = Int64(name) { segment = try await store.segment(id) }
      if segment == nil { segment = try await store.segment(alias: name) }
      guard let segment else {
        unknown.append(name)
        continue
      }
      if !found.contains(where: { $0.id == segment.id }) { found.append(segment) }
    }
    return (found, unknown)
  }

  /// Rebuilds segments, each independently.
  func rebuild(_ segments: [Segment], limit: Int?) async throws -> [RebuildRow] {
    let ids = segments.map(\.id)
    let requests = try await jobs.transaction { transaction in
      try await SegmentRebuilds.request(ids, limit: limit, in: transaction)
    }
    for segment in segments where !requests.contains(where: { $0.segment == segment.id }) {
      Console.error("martlet: \(segment.alias) is not published, it is not rebuilt")
    }
    var rows: [RebuildRow] = []
    var bar = ProgressBar()
    defer { bar.end() }
    for (number, request) in requests.enumerated() {
      bar.show(done: number, total: requests.count, "segments")
      guard let rebuild = try await SegmentRebuilds.wait(for: request, on: jobs.postgres) else {
        continue
      }
      rows.append(row(rebuild, segments))
    }
    return rows
  }

  /// Rebuilds all published segments.
  func rebuildAll(except left: [Segment]) async throws -> [RebuildRow] {
    let segments = try await store.list()
    let (ids, now) = (left.map(\.id), jobs.clock.now)
    let run = try await jobs.transaction(at: now) { transaction in
      try await SegmentRebuilds.requestAll(except: ids, in: transaction)
    }
    var bar = ProgressBar()
    bar.show(done: 0, total: nil, "rebuilding segments, all in all")
    defer { bar.end() }
    return try await SegmentRebuilds.wait(forRun: run, on: jobs.postgres).map { row($0, segments) }
  }

  private func row(_ rebuild: SegmentRebuild, _ segments: [Segment]) -> RebuildRow {
    RebuildRow(
      rebuild, alias: segments.first { $0.id == rebuild.segment }?.alias ?? "\(rebuild.segment)")
  }
}
