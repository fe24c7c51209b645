import Foundation
import Postgres

/// SQL fragments that several statements share.
enum CampaignSQL {
  /// The condition that the campaign `c` is live (CAM-601).
  static func isLive(_ now: Date) -> SQL {
    """
    (c.is_published AND c.deleted_at IS NULL
      AND (c.publish_up IS NULL OR c.publish_up <= \(now))
      AND (c.publish_down IS NULL OR c.publish_down > \(now))
      AND (c.category_id IS NULL OR EXISTS (
        SELECT FROM categories k WHERE k.id = c.category_id AND k.is_published)))
    """
  }
}

/// Rows of `campaign_events` as values.
enum EventRows {
  static let columns: SQL = """
    id, parent_id, path, kind, type, name, description, position, properties, trigger, channel,
    channel_id
    """

  static func event(_ row: PostgresRow) throws -> CampaignEvent {
    CampaignEvent(
      id: try row.decode("id"), parent: try row.decode("parent_id"), path: try row.decode("path"),
      kind: EventKind(rawValue: try row.decode("kind")) ?? .action, type: try row.decode("type"),
      name: try row.decode("name"), description: try row.decode("description"),
      position: try row.decode("position"),
      properties: try row.decode("properties", as: JSON.self).decode(),
      trigger: try row.decode("trigger", as: JSON.self).decode(),
      channel: try row.decode("channel"), channelID: try row.decode("channel_id"))
  }
}
