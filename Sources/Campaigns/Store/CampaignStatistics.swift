package import Foundation
import Postgres
import Primitives

/// The totals of an event, of active members in their current rotation (CAM-801).
package struct EventNumbers: Sendable, Equatable {
  package var executed = 0
  /// … on the path `yes`.
  package var yes = 0
  /// … on the path `no`.
  package var no = 0
  /// Scheduled, including open decisions.
  package var scheduled = 0
  /// Given up.
  package var failed = 0

  package init() {}

  /// Returns a part of a whole in percent, to one decimal and within 0 and 100 (CAM-802); 0 for an empty whole.
  package static func percent(_ part: Int, of whole: Int) -> Double {
    guard whole > 0 else { return 0 }
    return min(100, max(0, (Double(part) * 1000 / Double(whole)).rounded() / 10))
  }
}

/// The totals of a campaign.
package struct CampaignNumbers: Sendable {
  /// Active members.
  package var members: Int
  /// By event.
  package var events: [Int64: EventNumbers]
}

/// The daily statistics of a campaign (CAM-803).
package struct CampaignDays: Sendable {
  /// The maximum number of days of one query.
  package static let maximum = 1_100
  /// The days in UTC, `YYYY-MM-DD`.
  package var days: [String]
  /// Contacts that entered.
  package var added: [Int]
  /// Contacts that left.
  package var removed: [Int]
  /// Entries executed, by event.
  package var executed: [Int64: [Int]]
}

/// What a list of campaigns shows of one.
package struct CampaignFigures: Sendable {
  /// Active members.
  package var members: Int
  /// Entries of them that were given up.
  package var failed: Int
  /// The fire time of the next entry; nil without one.
  package var nextFire: Date?
}

/// Reads counters of campaigns, without counting the log.
package struct CampaignStatistics: Sendable {
  private let pool: PostgresPool

  init(pool: PostgresPool) { self.pool = pool }

  /// Returns the totals of a campaign.
  package func numbers(of campaign: Int64) async throws -> CampaignNumbers {
    let answers = try await pool.transaction(isolation: .repeatableRead, readOnly: true) {
      try await $0.pipeline([
        """
        SELECT coalesce(sum(added - removed), 0)::bigint FROM campaign_member_hours
        WHERE campaign_id = \(campaign)
        """,
        """
        SELECT event_id, sum(executed)::bigint, sum(yes)::bigint, sum(no)::bigint,
          sum(failed)::bigint
        FROM campaign_event_counts WHERE campaign_id = \(campaign) GROUP BY event_id
        """,
        // Open entries have an index of their own.
        """
        SELECT e.id, count(*) FROM campaign_events e
          JOIN campaign_log l ON l.event_id = e.id AND l.state < \(literal: EntryState.running)
        WHERE e.campaign_id = \(campaign) AND e.deleted_at IS NULL GROUP BY e.id
        """,
      ])
    }
    var events: [Int64: EventNumbers] = [:]
    for row in answers[1] {
      var numbers = EventNumbers()
      numbers.executed = try row.decode(at: 1)
      numbers.yes = try row.decode(at: 2)
      numbers.no = try row.decode(at: 3)
      numbers.failed = try row.decode(at: 4)
      events[try row.decode(at: 0)] = numbers
    }
    for row in answers[2] {
      events[try row.decode(at: 0), default: EventNumbers()].scheduled = try row.decode(at: 1)
    }
    return CampaignNumbers(
      members: try answers[0].first?.decode(at: 0) ?? 0, events: events)
  }

  /// Returns the figures of campaigns by id; each event yields but its next entry.
  package func figures(of campaigns: [Int64]) async throws -> [Int64: CampaignFigures] {
    let rows = try await pool.query(
      """
      SELECT c.id, (SELECT coalesce(sum(h.added - h.removed), 0)::bigint
          FROM campaign_member_hours h WHERE h.campaign_id = c.id),
        (SELECT coalesce(sum(n.failed), 0)::bigint FROM campaign_event_counts n
          JOIN campaign_events e ON e.id = n.event_id AND e.deleted_at IS NULL
          WHERE n.campaign_id = c.id),
        (SELECT min(l.fire_at) FROM campaign_events e CROSS JOIN LATERAL (
            SELECT fire_at FROM campaign_log l
            WHERE l.event_id = e.id AND l.state < \(literal: EntryState.running)
              AND l.state = \(literal: EntryState.scheduled)
            ORDER BY fire_at LIMIT 1) AS l
          WHERE e.campaign_id = c.id AND e.deleted_at IS NULL AND e.kind <> 'decision')
      FROM campaigns c WHERE c.id = ANY (\(campaigns)) AND c.deleted_at IS NULL
      """)
    var figures: [Int64: CampaignFigures] = [:]
    for row in rows {
      figures[try row.decode(at: 0)] = CampaignFigures(
        members: try row.decode(at: 1), failed: try row.decode(at: 2),
        nextFire: try row.decode(at: 3))
    }
    return figures
  }

  /// Returns the days from one instant's to another's, inclusive.
  package func days(of campaign: Int64, from first: Date, to last: Date) async throws
    -> CampaignDays
  {
    func day(_ date: Date) -> Int {
      Int(saturating: (date.timeIntervalSince1970 / 86_400).rounded(.down))
    }
    let (start, end) = (day(first), day(last))
    let count = min(max(0, end - start + 1), CampaignDays.maximum)
    let (from, to) = (
      Date(timeIntervalSince1970: Double(start) * 86_400),
      Date(timeIntervalSince1970: Double(start + count) * 86_400)
    )
    let answers = try await pool.transaction(isolation: .repeatableRead, readOnly: true) {
      try await $0.pipeline([
        """
        SELECT floor(extract(epoch FROM hour) / 86400)::bigint AS day, sum(added)::bigint,
          sum(removed)::bigint
        FROM campaign_member_hours
        WHERE campaign_id = \(campaign) AND hour >= \(from) AND hour < \(to) GROUP BY day
        """,
        """
        SELECT floor(extract(epoch FROM hour) / 86400)::bigint AS day, event_id,
          sum(executed)::bigint
        FROM campaign_event_hours
        WHERE campaign_id = \(campaign) AND hour >= \(from) AND hour < \(to) GROUP BY day, event_id
        """,
      ])
    }
    var result = CampaignDays(
      days: (0..<count).map { Self.text(start + $0) },
      added: Array(repeating: 0, count: count), removed: Array(repeating: 0, count: count),
      executed: [:])
    for row in answers[0] {
      let place = try row.decode(at: 0, as: Int.self) - start
      result.added[place] = try row.decode(at: 1)
      result.removed[place] = try row.decode(at: 2)
    }
    for row in answers[1] {
      let place = try row.decode(at: 0, as: Int.self) - start
      result.executed[
        try row.decode(at: 1), default: Array(repeating: 0, count: count)][place] =
        try row.decode(at: 2)
    }
    return result
  }

  private static func text(_ day: Int) -> String {
    Date(timeIntervalSince1970: Double(day) * 86_400).formatted(
      .iso8601.year().month().day())
  }
}
