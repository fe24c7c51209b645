import Postgres

/// The statements that compare counters with the log.
enum CounterStatements {
  /// Returns all counter tables of a campaign.
  static func all(of campaign: Int64) -> [Counter] {
    [counts(campaign), eventHours(campaign), memberHours(campaign)]
  }

  /// The slot of corrections, which no session uses.
  fileprivate static let slot: Int16 = -1

  /// A counter table and its expected values from the log.
  struct Counter {
    var table: String
    var keys: [String]
    var numbers: [String]
    /// Whether rows have a campaign column beside their key.
    var namesCampaign: Bool
    var truth: SQL

    /// Returns the statement that adds the differences to a slot of its own.
    func correction(_ campaign: Int64) -> SQL {
      func list(_ names: [String], _ one: (SQL) -> SQL) -> SQL {
        names.map { one("\(identifier: $0)") }.joined(separator: ", ")
      }
      let named: SQL = namesCampaign ? "campaign_id, " : ""
      let name: SQL = namesCampaign ? "\(campaign), " : ""
      let same = keys.map { "t.\(identifier: $0) = c.\(identifier: $0)" as SQL }
      let isWrong = numbers.map { "\(identifier: $0) <> 0" as SQL }
      return """
        WITH truth AS (\(sql: truth)), counted AS (
          SELECT \(sql: list(keys) { $0 }),
            \(sql: list(numbers) { "sum(\(sql: $0))::bigint AS \(sql: $0)" })
          FROM \(identifier: table) WHERE campaign_id = \(campaign) GROUP BY \(sql: list(keys) { $0 })
        ), difference AS (
          SELECT \(sql: list(keys) { "coalesce(t.\(sql: $0), c.\(sql: $0)) AS \(sql: $0)" }),
            \(sql: list(numbers) { "coalesce(t.\(sql: $0), 0) - coalesce(c.\(sql: $0), 0) AS \(sql: $0)" })
          FROM truth t FULL JOIN counted c ON \(sql: same.joined(separator: " AND "))
        )
        INSERT INTO \(identifier: table) AS old
          (\(sql: list(keys) { $0 }), slot, \(sql: named)\(sql: list(numbers) { $0 }))
        SELECT \(sql: list(keys) { $0 }), \(CounterStatements.slot), \(sql: name)\(sql: list(numbers) { $0 })
        FROM difference WHERE \(sql: isWrong.joined(separator: " OR "))
        ORDER BY \(sql: list(keys) { $0 })
        ON CONFLICT (\(sql: list(keys) { $0 }), slot) DO UPDATE SET
          \(sql: list(numbers) { "\(sql: $0) = old.\(sql: $0) + excluded.\(sql: $0)" })
        RETURNING 1
        """
    }
  }

  private static let outcomes: SQL = """
    count(*) FILTER (WHERE l.state = \(literal: EntryState.executed)) AS executed,
    count(*) FILTER (WHERE l.state = \(literal: EntryState.executed) AND l.path) AS yes,
    count(*) FILTER (WHERE l.state = \(literal: EntryState.executed) AND NOT l.path) AS no,
    count(*) FILTER (WHERE l.state = \(literal: EntryState.failed)) AS failed
    """

  /// The counters of active members' current rotations (CAM-801).
  private static func counts(_ campaign: Int64) -> Counter {
    Counter(
      table: "campaign_event_counts", keys: ["event_id"],
      numbers: ["executed", "yes", "no", "failed"], namesCampaign: true,
      truth: """
        SELECT l.event_id, \(sql: outcomes)
        FROM campaign_members m JOIN campaign_log l ON l.contact_id = m.contact_id
          AND l.campaign_id = m.campaign_id AND l.rotation = m.rotation AND l.state IN (\(literal: EntryState.executed), \(literal: EntryState.failed))
        WHERE m.campaign_id = \(campaign) AND m.is_active GROUP BY l.event_id
        """)
  }

  /// The counters of ended entries, by the hour of the end.
  private static func eventHours(_ campaign: Int64) -> Counter {
    Counter(
      table: "campaign_event_hours", keys: ["event_id", "hour"],
      numbers: ["executed", "yes", "no", "failed"], namesCampaign: true,
      truth: """
        SELECT l.event_id, campaign_hour(coalesce(l.executed_at, l.fire_at, l.base_at)) AS hour,
          \(sql: outcomes)
        FROM campaign_members m JOIN campaign_log l ON l.contact_id = m.contact_id
          AND l.campaign_id = m.campaign_id AND l.state IN (\(literal: EntryState.executed), \(literal: EntryState.failed))
        WHERE m.campaign_id = \(campaign) GROUP BY l.event_id, hour
        """)
  }

  /// The counters of entries and exits by hour: the current runs, and those in the history.
  private static func memberHours(_ campaign: Int64) -> Counter {
    Counter(
      table: "campaign_member_hours", keys: ["campaign_id", "hour"], numbers: ["added", "removed"],
      namesCampaign: false,
      truth: """
        SELECT campaign_id, hour, count(*) FILTER (WHERE entered) AS added,
          count(*) FILTER (WHERE NOT entered) AS removed
        FROM (
          SELECT campaign_id, campaign_hour(date_added) AS hour, true AS entered
          FROM campaign_members WHERE campaign_id = \(campaign)
          UNION ALL
          SELECT h.campaign_id, campaign_hour(h.at), h.entered
          FROM campaign_members m JOIN campaign_history h ON h.contact_id = m.contact_id
            AND h.campaign_id = m.campaign_id
          WHERE m.campaign_id = \(campaign)
        ) AS moves GROUP BY campaign_id, hour
        """)
  }
}
