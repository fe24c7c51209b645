import Foundation
import Postgres

/// Adds to the counters of one campaign. Each session counts in a slot of its own, to reduce contention.
struct CounterStore {
  let connection: PostgresConnection
  let campaign: Int64

  /// Adds outcomes of events: to the hours in which they ended, and to the counts of current rotations.
  func add(_ batch: CounterBatch) async throws {
    let hours = batch.byHour
    let current = batch.currentByEvent
    let all = hours.map(\.outcomes)
    let present = current.map(\.outcomes)
    try await connection.pipeline([
      """
      INSERT INTO campaign_event_hours AS old
        (event_id, hour, slot, campaign_id, executed, yes, no, failed)
      SELECT event, hour, pg_backend_pid() % 16, \(campaign), executed, yes, no, failed
      FROM unnest(\(hours.map(\.event)), \(hours.map(\.hour)), \(all.map(\.executed)),
        \(all.map(\.yes)), \(all.map(\.no)), \(all.map(\.failed)))
        AS new (event, hour, executed, yes, no, failed)
      ON CONFLICT (event_id, hour, slot) DO UPDATE SET executed = old.executed + excluded.executed,
        yes = old.yes + excluded.yes, no = old.no + excluded.no,
        failed = old.failed + excluded.failed
      """,
      """
      INSERT INTO campaign_event_counts AS old
        (event_id, slot, campaign_id, executed, yes, no, failed)
      SELECT event, pg_backend_pid() % 16, \(campaign), executed, yes, no, failed
      FROM unnest(\(current.map(\.event)), \(present.map(\.executed)), \(present.map(\.yes)),
        \(present.map(\.no)), \(present.map(\.failed)))
        AS new (event, executed, yes, no, failed)
      ON CONFLICT (event_id, slot) DO UPDATE SET executed = old.executed + excluded.executed,
        yes = old.yes + excluded.yes, no = old.no + excluded.no,
        failed = old.failed + excluded.failed
      """,
    ])
  }

  /// Counts members that entered and exited at an instant (CAM-803).
  func countMembers(added: Int = 0, removed: Int = 0, at now: Date) async throws {
    try await connection.query(
      """
      INSERT INTO campaign_member_hours AS old (campaign_id, hour, slot, added, removed)
      VALUES (\(campaign), \(CounterBatch.hour(of: now)), pg_backend_pid() % 16, \(added), \(removed))
      ON CONFLICT (campaign_id, hour, slot) DO UPDATE SET added = old.added + excluded.added,
        removed = old.removed + excluded.removed
      """)
  }

  /// Returns the statement that subtracts the current rotations of contacts from the counters of events.
  func uncountStatement(_ contacts: [Int64]) -> SQL {
    "SELECT campaigns_uncount(\(contacts), \(campaign))"
  }
}
