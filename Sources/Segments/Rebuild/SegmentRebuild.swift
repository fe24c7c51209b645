package import Foundation
import Postgres

/// A rebuild that was asked for. It is served by the next one that begins.
package struct SegmentRebuildRequest: Sendable, Equatable {
  package let segment: Int64
  /// The how-manieth request for this segment it is.
  package let number: Int64
}

/// A full rebuild of a segment (segments.md 10).
package struct SegmentRebuild: Sendable, Equatable {
  /// How far it has come.
  package enum State: Int, Sendable {
    /// Under way.
    case running = 1
    /// Complete.
    case done = 2
    /// It failed; members that had not been written yet are as they were.
    case failed = 3
    /// The filters were edited meanwhile; another rebuild was asked for by that.
    case outdated = 4
  }

  /// The rebuild's id.
  package var id: Int64
  package var segment: Int64
  /// How far it has come.
  package var state: State
  /// Contacts that entered.
  package var added: Int
  /// Contacts that left.
  package var removed: Int
  /// Active members of the segment at the time of asking.
  package var members: Int
  /// Why it failed.
  package var error: String?
  /// When it began: the instant to which relative dates relate.
  package var startedAt: Date
  /// When it ended.
  package var endedAt: Date?

  /// How many contacts were processed (SEG-72).
  package var processed: Int { added + removed }
  /// How long it took.
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
