import Contacts
import Foundation
package import JobQueue
import Postgres
import Primitives
package import Users

/// Makes, changes and deletes e-mails.
package struct EmailEditor: Sendable {
  let jobs: JobClient

  package init(jobs: JobClient) { self.jobs = jobs }

  /// Makes an e-mail.
  ///
  /// - Throws: `InvalidInput`, `UnknownCategory`; `PostgresError`.
  package func create(_ input: EmailInput, by author: Author) async throws -> Email {
    let now = jobs.clock.now
    let values = try input.applied(to: nil, replacing: true)
    return try await jobs.transaction { connection, outbox in
      var check = EmailCheck(values, id: nil)
      try await check.check(on: connection)
      let id: Int64 = try await connection.query(
        """
        INSERT INTO emails (name, subject, date_added, created_by, created_by_user)
        VALUES (\(values.name), \(values.subject), \(now), \(author.id)::bigint,
          \(author.name)::text) RETURNING id
        """)[0].decode(at: 0)
      try await Self.write(values, id, now: now, on: connection)
      try await Self.shareAnew([values.variantParent], on: connection)
      try await AuditLog.write(
        [.init("create", "email", id)], by: author, now: now, on: connection)
      return try await Self.read(id, on: connection)
    }
  }

  /// Changes an e-mail: what is given, or with `replacing` everything.
  ///
  /// What waits since the e-mail was unpublished goes on when it is published again (EML-134).
  ///
  /// - Returns: The e-mail as it is now; nil where there is none.
  /// - Throws: `InvalidInput`, `UnknownCategory`; `PostgresError`.
  package func update(
    _ id: Int64, _ input: EmailInput, replacing: Bool = false, by author: Author
  ) async throws -> Email? {
    let now = jobs.clock.now
    return try await jobs.transaction { connection, outbox in
      guard try await Self.lock(id, "FOR NO KEY UPDATE", on: connection) else { return nil }
      let old = try await Self.read(id, on: connection)
      let values = try input.applied(to: old.values, replacing: replacing)
      guard values != old.values else { return old }
      try await Self.keepFamily(old, values, on: connection)
      var check = EmailCheck(values, id: id)
      try await check.check(on: connection)
      try await Self.write(values, id, now: now, on: connection)
      try await connection.query(
        """
        UPDATE emails SET revision = revision + 1, date_modified = \(now),
          modified_by = \(author.id)::bigint, modified_by_user = \(author.name)::text
        WHERE id = \(id)
        """)
      if old.values.share != values.share {
        try await Self.shareAnew(
          [old.values.variantParent, values.variantParent], on: connection)
      }
      try await PausedSends.resume(id, now: now, outbox: outbox, on: connection)
      try await AuditLog.write(
        [.init("update", "email", id, details: .object(values.changes(from: old.values)))],
        by: author, now: now, on: connection)
      return try await Self.read(id, on: connection)
    }
  }

  /// Deletes an e-mail. What was sent stays with its address and content; links keep leading to their
  /// targets (email.md 17). Variants and translations stand for themselves afterwards.
  ///
  /// - Returns: The e-mail as it was; nil where there was none.
  /// - Throws: `PostgresError`.
  package func delete(_ id: Int64, by author: Author) async throws -> Email? {
    let now = jobs.clock.now
    return try await jobs.transaction { connection, _ in
      guard try await Self.lock(id, "FOR UPDATE", on: connection) else { return nil }
      let email = try await Self.read(id, on: connection)
      // Who has got one of them does not get it again, now that it is a family of its own (EML-120).
      try await connection.query(
        """
        UPDATE email_sends SET family_id = email_id
        WHERE email_id = ANY (\(email.variants + email.translations))
        """)
      try await Self.shareAnew([email.values.variantParent], on: connection)
      try await connection.query(
        """
        UPDATE emails SET variant_parent_id = NULL, variant_weight = NULL
        WHERE variant_parent_id = \(id)
        """)
      try await connection.query(
        "UPDATE emails SET translation_parent_id = NULL WHERE translation_parent_id = \(id)")
      try await connection.query("DELETE FROM email_paused WHERE email_id = \(id)")
      try await connection.query("DELETE FROM email_paused_runs WHERE email_id = \(id)")
      try await connection.query("DELETE FROM emails WHERE id = \(id)")
      try await AuditLog.write(
        [.init("delete", "email", id, details: .object(["name": .string(email.values.name)]))],
        by: author, now: now, on: connection)
      return email
    }
  }

  static func read(_ id: Int64, on connection: PostgresConnection) async throws -> Email {
    try await EmailStore.find("emails.id = \(id)", on: connection)[0]
  }

  /// Locks an e-mail with its family, in the order of numbers, as whoever gives variants out does.
  ///
  /// - Returns: Whether there is such an e-mail.
  private static func lock(
    _ id: Int64, _ strength: StaticString, on connection: PostgresConnection
  ) async throws -> Bool {
    let rows = try await connection.query(
      """
      SELECT id FROM emails WHERE family_id = (SELECT family_id FROM emails WHERE id = \(id))
      ORDER BY id \(literal: strength)
      """)
    return try rows.contains { try $0.decode(at: 0, as: Int64.self) == id }
  }

  /// From now on versions have their shares of what is given out from now on: what they were given by other
  /// weights does not count (EML-150).
  private static func shareAnew(
    _ parents: [Int64?], on connection: PostgresConnection
  ) async throws {
    let parents = parents.compactMap(\.self)
    guard !parents.isEmpty else { return }
    try await connection.query(
      "UPDATE emails SET variant_chosen_count = 0 WHERE family_id = ANY (\(parents))")
  }

  /// What was sent once of a family is told by the family's number: an e-mail that was sent keeps it.
  private static func keepFamily(
    _ old: Email, _ new: EmailValues, on connection: PostgresConnection
  ) async throws {
    guard
      old.values.variantParent != new.variantParent
        || old.values.translationParent != new.translationParent
    else { return }
    let sends = try await connection.query(
      "SELECT FROM email_sends WHERE email_id = \(old.id) LIMIT 1")
    guard sends.isEmpty else {
      throw InvalidInput(
        old.values.variantParent != new.variantParent ? "variantParent" : "translationParent",
        "the e-mail was sent already and stays what it is")
    }
  }

  private static func write(
    _ values: EmailValues, _ id: Int64, now: Date, on connection: PostgresConnection
  ) async throws {
    let utm = values.utm
    try await connection.query(
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
      try await connection.query(
        """
        UPDATE emails SET variant_start_at = \(now), variant_sent_count = 0, variant_read_count = 0
        WHERE id IN (\(parent), \(id)) AND variant_start_at IS NULL
        """)
    }
    try await connection.query("DELETE FROM email_segments WHERE email_id = \(id)")
    let named = values.segments.map { ($0, false) } + values.excludedSegments.map { ($0, true) }
    guard !named.isEmpty else { return }
    try await connection.query(
      """
      INSERT INTO email_segments (email_id, segment_id, is_excluded, position)
      SELECT \(id), segment, excluded, place
      FROM unnest(\(named.map(\.0))::bigint[], \(named.map(\.1))::boolean[])
        WITH ORDINALITY AS n (segment, excluded, place)
      """)
  }
}

extension EmailValues {
  /// What decides about how many contacts get this variant.
  fileprivate var share: [Int64] {
    variantParent.map { [$0, Int64(isPublished ? variantWeight ?? 0 : 0)] } ?? []
  }

  /// Old and new value of each member that differs; of the contents only that they do.
  func changes(from old: EmailValues) -> [String: JSONValue] {
    func text(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
    let members: [(String, JSONValue, JSONValue)] = [
      ("name", text(old.name), text(name)), ("subject", text(old.subject), text(subject)),
      ("isPublished", .boolean(old.isPublished), .boolean(isPublished)),
      ("publishUp", text(old.publishUp.map(\.description)), text(publishUp.map(\.description))),
      (
        "publishDown", text(old.publishDown.map(\.description)),
        text(publishDown.map(\.description))
      ),
      ("emailType", text(old.type.rawValue), text(type.rawValue)),
      (
        "lists", .array(old.segments.map(JSONValue.integer)),
        .array(segments.map(JSONValue.integer))
      ),
    ]
    var changes: [String: JSONValue] = [:]
    for (name, before, after) in members where before != after {
      changes[name] = .array([before, after])
    }
    if html != old.html || plainText != old.plainText { changes["content"] = .string("changed") }
    return changes
  }
}
