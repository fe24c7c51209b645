import Contacts
import Foundation
import JobQueue
import Postgres
import Primitives
import Users

/// Writes e-mails.
extension EmailEditor {
  /// Locks an e-mail with its family in order of id, as giving out variants does.
  ///
  /// - Returns: Whether there is such an e-mail.
  static func lock(
    _ id: Int64, _ strength: StaticString, on connection: PostgresConnection
  ) async throws -> Bool {
    let rows = try await connection.query(
      """
      SELECT id FROM emails WHERE family_id = (SELECT family_id FROM emails WHERE id = \(id))
      ORDER BY id \(literal: strength)
      """)
    return try rows.contains { try $0.decode(at: 0, as: Int64.self) == id }
  }

  /// Restarts the shares of the versions: what was given out by other weights does not count (EML-150).
  static func restartShares(
    _ parents: [Int64?], on connection: PostgresConnection
  ) async throws {
    let parents = parents.compactMap(\.self)
    guard !parents.isEmpty else { return }
    try await connection.query(
      "UPDATE emails SET variant_chosen_count = 0 WHERE family_id = ANY (\(parents))")
  }

  static func write(_ values: EmailValues, _ id: Int64, in transaction: Transaction) async throws {
    let utm = values.utm
    try await transaction.query(
      """
      UPDATE emails SET name = \(values.name), description = \(values.description),
        category_id = \(values.category)::bigint, email_type = \(values.type.rawValue),
        subject = \(values.subject), preheader = \(values.preheader), html = \(values.html),
        plain_text = \(values.plainText), template = \(values.template),
        from_name = \(values.fromName), from_address = \(values.fromAddress),
        reply_to = \(values.replyTo), bcc = \(values.bcc),
        use_owner_as_mailer = \(values.usesOwner)::boolean, utm_source = \(utm.source),
        utm_medium = \(utm.medium), utm_campaign = \(utm.campaign), utm_content = \(utm.content),
        headers = \(try JSON(values.headers)), language = \(values.language),
        translation_parent_id = \(values.translationParent)::bigint,
        variant_parent_id = \(values.variantParent)::bigint,
        variant_weight = \(values.variantParent == nil ? nil : values.variantWeight)::integer,
        winner_criteria = \(values.winnerCriteria?.rawValue), public_preview = \(values.publicPreview),
        is_published = \(values.isPublished), publish_up = \(values.publishUp)::timestamptz,
        publish_down = \(values.publishDown)::timestamptz,
        unsubscribe_form_id = \(values.unsubscribeForm)::bigint,
        preference_center_page_id = \(values.preferenceCenter)::bigint,
        dynamic_content = \(try JSON(values.dynamicContent)),
        asset_attachments = \(values.assets)::bigint[]
      WHERE id = \(id)
      """)
    if let parent = values.variantParent {
      try await transaction.query(
        """
        UPDATE emails SET variant_start_at = \(transaction.now), variant_sent_count = 0, variant_read_count = 0
        WHERE id IN (\(parent), \(id)) AND variant_start_at IS NULL
        """)
    }
    try await transaction.query("DELETE FROM email_segments WHERE email_id = \(id)")
    let named = values.segments.map { ($0, false) } + values.excludedSegments.map { ($0, true) }
    guard !named.isEmpty else { return }
    try await transaction.query(
      """
      INSERT INTO email_segments (email_id, segment_id, is_excluded, position)
      SELECT \(id), segment, excluded, place
      FROM unnest(\(named.map(\.0))::bigint[], \(named.map(\.1))::boolean[])
        WITH ORDINALITY AS n (segment, excluded, place)
      """)
  }
}
