import Fields
import Foundation
import Postgres

/// A send that this worker has taken and may hand over.
struct ClaimedSend: Sendable {
  var id: Int64
  var hash: UUID
  var contact: Int64
  var family: Int64?
  var source: SendSource
  var isMarketing: Bool
  var isQueueEntry: Bool
  /// How often it was tried, this time included.
  var attempts: Int
  /// Whether an earlier delivery of the job had taken it.
  var isRepeated: Bool
  var person: RecipientProfile
}

/// What a worker found when it took sends.
struct Claim: Sendable {
  /// To be handed over.
  var sends: [ClaimedSend] = []
  /// Not to be sent any more, and why.
  var skipped: [(id: Int64, note: String)] = []
  /// Addresses that are none: given up, and the contact is not written to again (EML-103).
  var malformed: [ClaimedSend] = []
  /// Taken by an earlier delivery whose worker died: nobody knows (EML-220).
  var lost: [ClaimedSend] = []
  /// Of a broadcast whose e-mail is not published: they wait (EML-134).
  var paused: [Int64] = []
  /// Of a variant that is not published: they get the parent (EML-151).
  var passedOn: [Int64] = []
}

/// Takes sends: looks at each once more, and at its contact, and marks it as taken.
struct Claimer {
  let email: Int64
  let template: CachedTemplate
  let fields: FieldSet
  let isIdempotent: Bool
  let now: Date

  /// One statement for the sends with all that messages need of contacts, one that marks them.
  func take(_ ids: [Int64], on connection: PostgresConnection) async throws -> Claim {
    let found = try await connection.pipeline([emailState, sends(ids)])
    guard let state = found[0].first else { return Claim() }
    let version = Version(
      isOpen: try state.decode("is_open"), isVariant: try state.decode("is_variant"))
    var claim = Claim()
    for row in found[1] { try classify(row, version, &claim) }
    try await mark(claim, on: connection)
    return claim
  }

  private var emailState: SQL {
    """
    SELECT \(sql: EmailFamily.isOpen("e", now: now)) AS is_open,
      e.variant_parent_id IS NOT NULL AS is_variant
    FROM emails e WHERE e.id = \(email)
    """
  }

  private struct Version {
    var isOpen: Bool
    var isVariant: Bool
  }

  private func sends(_ ids: [Int64]) -> SQL {
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

  private func classify(_ row: PostgresRow, _ version: Version, _ claim: inout Claim) throws {
    let id: Int64 = try row.decode("id")
    guard try row.decode("is_there", as: Bool.self) else {
      return claim.skipped.append((id, "the contact was deleted"))
    }
    var person = try ProfileColumns.person(row, aliases: template.template.fields)
    if let tokens: JSON = try row.decode("token_values") {
      person.custom = try tokens.decode(TokenRecord.self).custom ?? [:]
    }
    let isTaken = try row.decode("state", as: Int16.self) == SendState.sending.rawValue
    let send = ClaimedSend(
      id: id, hash: try row.decode("hash"), contact: person.contact,
      family: try row.decode("family_id"),
      source: SendSource(kind: try row.decode("source_kind"), id: try row.decode("source_id")),
      isMarketing: try row.decode("is_marketing"),
      isQueueEntry: try row.decode("is_queue_entry"),
      attempts: try row.decode("attempts", as: Int.self) + 1, isRepeated: isTaken, person: person)
    let refusal = try refusal(row, person, isOpen: version.isOpen)
    // What may have been handed over and is not repeated is not known to be unsent.
    if isTaken, !isIdempotent || refusal != nil { return claim.lost.append(send) }
    if let refusal {
      if refusal == .unpublished, version.isVariant { return claim.passedOn.append(id) }
      if refusal == .unpublished, try row.decode("is_bulk") { return claim.paused.append(id) }
      return claim.skipped.append((id, refusal.note))
    }
    guard EmailWire.address(person.address) != nil else { return claim.malformed.append(send) }
    claim.sends.append(send)
  }

  /// Why a send is not handed over any more.
  private func refusal(
    _ row: PostgresRow, _ person: RecipientProfile, isOpen: Bool
  ) throws -> MailRefusal? {
    if !isOpen { return .unpublished }
    if try row.decode("is_barred", as: Bool.self) { return .doNotContact }
    if try row.decode("has_left", as: Bool.self) { return .categoryUnsubscribed }
    return person.address.isEmpty ? .noAddress : nil
  }

  private func mark(_ claim: Claim, on connection: PostgresConnection) async throws {
    let taken = (claim.sends + claim.malformed).map(\.id)
    if !taken.isEmpty {
      // What waited for long counts for frequency rules from now on; else the row's place in the index
      // stays.
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
