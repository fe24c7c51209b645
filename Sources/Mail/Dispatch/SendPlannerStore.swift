import Foundation
import JobQueue
import Postgres
import Primitives

/// Writes sends.
extension SendPlanner {
  func insert(_ entries: [Accepted], state: SendState) throws -> SQL {
    let tokens = entries.map {
      $0.recipient.tokens.isEmpty ? nil : TokenRecord(custom: $0.recipient.tokens).json
    }
    return """
      INSERT INTO email_sends (hash, email_id, family_id, contact_id, segment_id, source_kind,
        source_id, idempotency_key, is_marketing, counts_once, is_bulk, is_queue_entry, priority,
        state, queued_at, token_values)
      SELECT n.hash, n.email_id, \(family.id), n.contact_id, n.segment_id, \(request.source.kind),
        \(request.source.id)::bigint, n.key, \(isMarketing), \(isMarketing), \(isBulk),
        \(state == .held), \(request.priority)::smallint, \(state.rawValue)::smallint, \(now),
        n.tokens::jsonb
      FROM unnest(\(SendHash.random(entries.count))::uuid[], \(entries.map(\.version))::bigint[],
        \(entries.map(\.recipient.contact))::bigint[],
        \(entries.map(\.recipient.segment))::bigint[], \(entries.map(\.recipient.key))::text[],
        \(tokens)::text[])
        AS n (hash, email_id, contact_id, segment_id, key, tokens)
      ON CONFLICT DO NOTHING
      RETURNING id, email_id, contact_id
      """
  }
}
