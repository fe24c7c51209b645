public import Contacts
import Postgres

extension MergeTable {
  /// What a merge moves of campaigns (campaigns.md 13): memberships and entries go to the winner, except of
  /// campaigns it has a row in already, of which it takes the entries of events it has none for.
  public static let campaigns: [MergeTable] = [
    MergeTable("campaigns") { pairs in
      [
        locked(pairs), counted("uncount", pairs), entriesOfShared(pairs), entriesOfOthers(pairs),
        history(pairs), members(pairs), counted("count", pairs),
      ]
    }
  ]

  /// Members come before their entries, as wherever both are locked.
  private static func locked(_ pairs: SQL) -> SQL {
    """
    WITH pair AS (\(sql: pairs))
    SELECT FROM campaign_members WHERE contact_id IN (
      SELECT winner FROM pair UNION ALL SELECT loser FROM pair)
    ORDER BY contact_id, campaign_id FOR UPDATE
    """
  }

  /// Takes what these contacts' rotations came to out of the counters, or puts it back: what is left with the
  /// loser goes when the loser is deleted.
  private static func counted(_ verb: StaticString, _ pairs: SQL) -> SQL {
    let ids: SQL = "ARRAY(SELECT winner FROM pair UNION ALL SELECT loser FROM pair)"
    let arguments: SQL = "\(verb)" == "uncount" ? "\(sql: ids), NULL" : ids
    return """
      WITH pair AS (\(sql: pairs)) SELECT campaigns_\(literal: verb)(\(sql: arguments))
      """
  }

  /// The winner's rotation and state decide. Of an event's entries the open one takes the winner's rotation, and
  /// so does an ended one of a later rotation: a rotation that the winner comes to must be free. Others that
  /// were open are cancelled.
  private static func entriesOfShared(_ pairs: SQL) -> SQL {
    """
    WITH pair AS (\(sql: pairs)), entry AS (
      SELECT l.contact_id, l.event_id, l.rotation, l.state, pair.winner, m.is_active,
        m.rotation AS present,
        row_number() OVER (PARTITION BY l.contact_id, l.event_id
          ORDER BY l.state < 3 DESC, l.rotation DESC) AS place
      FROM pair JOIN campaign_log l ON l.contact_id = pair.loser
        JOIN campaign_members m ON m.contact_id = pair.winner AND m.campaign_id = l.campaign_id
      WHERE NOT EXISTS (SELECT FROM campaign_log w
        WHERE w.contact_id = pair.winner AND w.event_id = l.event_id)
    ), aimed AS (
      SELECT entry.*, CASE WHEN place > 1 THEN rotation WHEN state < 3 THEN present
        ELSE least(rotation, present) END AS target
      FROM entry
    ), moved AS (
      SELECT aimed.*, max(target) FILTER (WHERE place = 1)
        OVER (PARTITION BY contact_id, event_id) AS top
      FROM aimed
    )
    UPDATE campaign_log l SET contact_id = moved.winner, rotation = moved.target,
      state = CASE WHEN moved.state < 3 AND (moved.place > 1 OR NOT moved.is_active) THEN 5
        ELSE moved.state END,
      cancel_reason = CASE WHEN moved.state >= 3 THEN l.cancel_reason
        WHEN moved.place > 1 THEN 'restarted' WHEN NOT moved.is_active THEN 'left' END
    FROM moved WHERE l.contact_id = moved.contact_id AND l.event_id = moved.event_id
      AND l.rotation = moved.rotation AND (moved.place = 1 OR moved.rotation < moved.top)
    """
  }

  private static func entriesOfOthers(_ pairs: SQL) -> SQL {
    """
    WITH pair AS (\(sql: pairs))
    UPDATE campaign_log l SET contact_id = pair.winner FROM pair
    WHERE l.contact_id = pair.loser AND \(sql: isNew("l")) AND NOT EXISTS (
      SELECT FROM campaign_log w WHERE w.contact_id = pair.winner AND w.event_id = l.event_id
        AND w.rotation = l.rotation)
    """
  }

  private static func history(_ pairs: SQL) -> SQL {
    """
    WITH pair AS (\(sql: pairs))
    UPDATE campaign_history h SET contact_id = pair.winner FROM pair
    WHERE h.contact_id = pair.loser AND \(sql: isNew("h")) AND NOT EXISTS (
      SELECT FROM campaign_history w WHERE w.contact_id = pair.winner
        AND w.campaign_id = h.campaign_id AND w.run = h.run AND w.entered = h.entered)
    """
  }

  private static func members(_ pairs: SQL) -> SQL {
    """
    WITH pair AS (\(sql: pairs))
    UPDATE campaign_members m SET contact_id = pair.winner FROM pair
    WHERE m.contact_id = pair.loser AND \(sql: isNew("m"))
    """
  }

  /// Whether the winner has no row in the campaign of a row.
  private static func isNew(_ row: StaticString) -> SQL {
    """
    NOT EXISTS (SELECT FROM campaign_members w WHERE w.contact_id = pair.winner
      AND w.campaign_id = \(literal: row).campaign_id)
    """
  }
}
