import Fields
import Foundation
import Postgres

/// Reads and claims sends.
extension Claimer {
  var emailState: SQL {
    """
    SELECT \(sql: EmailFamily.isOpen("e", now: now)) AS is_open,
      e.variant_parent_id IS NOT NULL AS is_variant
    FROM emails e WHERE e.id = \(email)
    """
  }

  func sends(_ ids: [Int64]) -> SQL {
    let reader = ProfileColumns(
      aliases: template.template.fields, usesOwner: template.template.usesOwner, fields: fields)
    return """
      SELECT s.id, s.hash, s.contact_id, s.family_id, s.state, s.attempts,
        s.is_marketing, s.is_queue_entry, s.is_bulk, s.source_kind, s.source_id, s.token_values,
        c.id IS NOT NULL AS is_there,
        (s.is_marketing OR s.source_kind = ANY (\(SendSource.obeying)))
          AND EXISTS (SELECT FROM do_not_contact d
            WHERE d.contact_id = s.contact_id AND d.channel = 'email') AS is_barred,
        s.is_marketing AND EXISTS (SELECT FROM contact_categories k
          JOIN emails e ON e.category_id = k.category_id
          WHERE e.id = s.email_id AND k.contact_id = s.contact_id AND k.manually_removed)
          AS has_left,
        \(sql: reader.columns)
      FROM email_sends s LEFT JOIN contacts c ON c.id = s.contact_id
      \(sql: reader.joins)
      -- What an earlier delivery has passed on belongs to another job. Written so that no index but that of the
      -- numbers can be taken: the statistics know nothing yet of the sends of an e-mail that goes out.
      WHERE s.id = ANY (\(ids)) AND s.email_id IS NOT DISTINCT FROM \(email) AND s.state IN (\(sql: SendState.claimableList))
      ORDER BY s.id FOR UPDATE OF s
      """
  }

  func mark(_ claim: Claim, on connection: PostgresConnection) async throws {
    let taken = (claim.sends + claim.malformed).map(\.id)
    if !taken.isEmpty {
      // A send that waited long counts for frequency rules from here on; else the row keeps its place in the
      // index.
      await connection.sendWithNext(
        """
        UPDATE email_sends SET state = \(literal: SendState.sending), attempts = attempts + 1,
          queued_at = CASE WHEN queued_at < \(now.addingTimeInterval(-86_400)) THEN \(now)
            ELSE queued_at END
        WHERE id = ANY (\(taken))
        """)
    }
    if !claim.paused.isEmpty {
      await connection.sendWithNext(
        """
        INSERT INTO email_paused (email_id, send_id)
        SELECT \(email), id FROM unnest(\(claim.paused)::bigint[]) AS id ON CONFLICT DO NOTHING
        """)
    }
    if !claim.skipped.isEmpty {
      await connection.sendWithNext(
        """
        WITH gone AS (
          UPDATE email_sends s SET state = \(literal: SendState.skipped), counts_once = false, note = n.note
          FROM unnest(\(claim.skipped.map(\.id))::bigint[], \(claim.skipped.map(\.note))::text[])
            AS n (id, note)
          WHERE s.id = n.id RETURNING s.id, s.is_queue_entry
        )
        UPDATE message_queue q SET state = \(literal: MessageQueue.State.dropped), last_attempt_at = \(now) FROM gone
        WHERE gone.is_queue_entry AND q.send_id = gone.id
        """)
    }
  }
}
