package import Foundation
import Postgres

/// A request for a rebuild. The next rebuild that begins serves it.
package struct SegmentRebuildRequest: Sendable, Equatable {
  package let segment: Int64
  /// The sequence number of the request within its segment, from 1.
  package let number: Int64
}

/// A full rebuild of a segment (segments.md 10).
package struct SegmentRebuild: Sendable, Equatable {
  /// The state of a rebuild.
  package enum State: Int, Sendable {
    /// Running.
    case running = 1
    /// Complete.
    case done = 2
    /// Failed; members not written by then are unchanged.
    case failed = 3
    /// The filters were edited meanwhile, which requested another rebuild.
    case outdated = 4
  }

  /// The rebuild's id.
  package var id: Int64
  package var segment: Int64
  /// The state of the rebuild.
  package var state: State
  /// The number of contacts that entered.
  package var added: Int
  /// The number of contacts that left.
  package var removed: Int
  /// The number of active members of the segment at the time of reading.
  package var members: Int
  /// The reason of a failure.
  package var error: String?
  /// The time at which it began: the instant to which relative dates relate.
  package var startedAt: Date
  /// The time at which it ended.
  package var endedAt: Date?

  /// The number of contacts processed (SEG-72).
  package var processed: Int { added + removed }
  /// The duration in seconds; nil while it is running.
  package var seconds: Double? { endedAt.map { $0.timeIntervalSince(startedAt) } }

  static let columns: SQL = """
    r.id, r.segment_id, r.state, r.added, r.removed, r.error, r.started_at, r.ended_at,
    (SELECT count(*) FROM segment_members AS m
      WHERE m.segment_id = r.segment_id AND \(sql: SegmentMember.isMember("m"))) AS members
    """

  init(_ row: PostgresRow) throws(PostgresError) {
    id = try row.decode("id")
    segment = try row.decode("segment_id")
    state = State(rawValue: try row.decode("state")) ?? .failed
    added = try row.decode("added")
    removed = try row.decode("removed")
    members = try row.decode("members")
    error = try row.decode("error")
    startedAt = try row.decode("started_at")
    endedAt = try row.decode("ended_at")
  }
}
