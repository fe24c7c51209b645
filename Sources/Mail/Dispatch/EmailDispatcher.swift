import Foundation
package import JobQueue
import Postgres

/// Accepts requests to send e-mails. What it has accepted is sent, whatever happens to the caller.
package struct EmailDispatcher: Sendable {
  let settings: MailSettingsSource

  /// Creates a dispatcher.
  ///
  /// - Parameter settings: The operator's settings.
  package init(settings: MailSettingsSource) { self.settings = settings }

  /// Writes the sends of a request, or holds them back because of a frequency rule or a pause, and adds the
  /// sending jobs, in the caller's transaction and in sets.
  ///
  /// Recipients without a refusal were accepted: they are queued, held, or their key was known already.
  ///
  /// - Returns: The refusals by contact.
  /// - Throws: `PostgresError`.
  package func dispatch(
    _ request: SendRequest, in transaction: Transaction
  ) async throws -> [Int64: MailRefusal] {
    guard !request.recipients.isEmpty else { return [:] }
    guard
      let family = try await EmailFamily.read(
        request.email, now: transaction.now, on: transaction.connection)
    else {
      return request.refusal(of: .missing)
    }
    guard family.isPublished else { return request.refusal(of: .unpublished) }
    let settings = try await settings.current()
    var planner = SendPlanner(
      request: request, family: family, settings: settings, now: transaction.now)
    try await planner.checkEligibility(on: transaction.connection)
    try await planner.pickVersion(on: transaction.connection)
    try await planner.write(in: transaction)
    return planner.refusals
  }

  /// Skips the unclaimed sends of these sources to these contacts, who have left the campaign (email.md 17).
  /// Locks are taken in the order of the sends.
  package static func withdraw(
    sources: [SendSource], contacts: [Int64], in transaction: Transaction
  ) async throws {
    guard !sources.isEmpty, !contacts.isEmpty else { return }
    try await transaction.query(
      """
      WITH meant AS MATERIALIZED (
        SELECT s.id FROM email_sends s
        WHERE s.contact_id = ANY (\(contacts)) AND s.state IN (\(sql: SendState.unclaimedList))
          AND EXISTS (SELECT FROM unnest(\(sources.map(\.kind))::text[],
            \(sources.map(\.id))::bigint[]) AS given (kind, id)
            WHERE given.kind = s.source_kind AND given.id IS NOT DISTINCT FROM s.source_id)
        ORDER BY s.id FOR UPDATE
      ), gone AS (
        UPDATE email_sends s SET state = \(literal: SendState.skipped), counts_once = false,
          note = 'withdrawn before it was sent'
        FROM meant WHERE s.id = meant.id AND s.state IN (\(sql: SendState.unclaimedList)) RETURNING s.id
      )
      UPDATE message_queue q SET state = \(literal: MessageQueue.State.cancelled), last_attempt_at = \(transaction.now) FROM gone
      WHERE q.send_id = gone.id AND q.state IN (\(sql: MessageQueue.State.waitingList))
      """)
  }
}

extension SendRequest {
  /// Returns the same refusal for all recipients.
  func refusal(of reason: MailRefusal) -> [Int64: MailRefusal] {
    Dictionary(recipients.map { ($0.contact, reason) }, uniquingKeysWith: { first, _ in first })
  }

  /// Returns the priority of the sends, which selects their queue (EML-231).
  func sendPriority(isBulk: Bool) -> SendPriority {
    isBulk ? .bulk : kind == .transactional || priority <= 1 ? .first : .normal
  }
}
