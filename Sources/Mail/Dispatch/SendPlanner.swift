import Foundation
import JobQueue
import Postgres
import Primitives

/// Plans the sends of one request: who receives it, which version, and when.
struct SendPlanner {
  /// A recipient who was not refused.
  struct Accepted {
    var recipient: SendRequest.Recipient
    var locale: String?
    var version: Int64
    /// The instant until which the send is held back, and the reason.
    var hold: (until: Date, reason: String)?
  }

  let request: SendRequest
  let family: EmailFamily
  let settings: MailSettings
  let now: Date
  /// Whether the sends belong to a broadcast, whose recipients were selected beforehand.
  var isBulk: Bool { request.source.kind == "email" }
  var isMarketing: Bool { request.kind == .marketing }
  private var obeysDoNotContact: Bool { request.source.obeysDoNotContact }

  private(set) var refusals: [Int64: MailRefusal] = [:]
  private var accepted: [Accepted] = []

  init(request: SendRequest, family: EmailFamily, settings: MailSettings, now: Date) {
    self.request = request
    self.family = family
    self.settings = settings
    self.now = now
  }

  // MARK: Eligibility

  /// Checks who may receive the e-mail: one statement for the batch, another if frequency rules apply.
  mutating func checkEligibility(on connection: PostgresConnection) async throws {
    let recipients = request.recipients
    let rows = try await connection.query(
      """
      WITH held AS MATERIALIZED (
        SELECT id, email, preferred_locale FROM contacts
        WHERE id = ANY (\(recipients.map(\.contact))) ORDER BY id \(sql: lock)
      )
      SELECT w.place, c.email, c.preferred_locale,
        EXISTS (SELECT FROM email_sends s WHERE s.idempotency_key = w.key) AS is_known
        \(sql: isMarketing || obeysDoNotContact ? barred : "")
        \(sql: isMarketing ? marketingColumns : "")
      FROM unnest(\(recipients.map(\.contact))::bigint[], \(recipients.map(\.key))::text[])
        WITH ORDINALITY AS w (contact_id, key, place)
      LEFT JOIN held c ON c.id = w.contact_id
      \(sql: isMarketing ? marketingJoins : "")
      ORDER BY w.place
      """)
    var rules: [(index: Int, rule: FrequencyRule)] = []
    for row in rows {
      let place: Int64 = try row.decode(at: 0)
      let recipient = recipients[Int(place) - 1]
      if try row.decode(at: 3, as: Bool.self) { continue }
      let address: String? = try row.decode(at: 1)
      guard let address, EmailAddress.isValid(address) else {
        refusals[recipient.contact] = .noAddress
        continue
      }
      if isMarketing || obeysDoNotContact, try row.decode("is_barred", as: Bool.self) {
        refusals[recipient.contact] = .doNotContact
        continue
      }
      var entry = Accepted(
        recipient: recipient, locale: try row.decode(at: 2), version: family.requested.id)
      if isMarketing {
        if let refusal = try Self.refusal(row) {
          refusals[recipient.contact] = refusal
          continue
        }
        if let end = try Self.pauseEnd(row, now: now) { entry.hold = (end, "pause") }
        if entry.hold == nil, let rule = try Self.ownRule(row) ?? settings.frequency {
          rules.append((accepted.count, rule))
        }
      }
      accepted.append(entry)
    }
    try await hold(rules, on: connection)
  }

  /// The lock on contacts: none may be deleted meanwhile, and marketing requests take turns, so that two at the
  /// same moment do not give a contact more than a rule allows.
  private var lock: SQL { isMarketing ? "FOR NO KEY UPDATE" : "FOR KEY SHARE" }

  private var barred: SQL {
    """
    , EXISTS (SELECT FROM do_not_contact d
        WHERE d.contact_id = w.contact_id AND d.channel = 'email') AS is_barred
    """
  }

  private var marketingColumns: SQL {
    """
    , EXISTS (SELECT FROM contact_categories k WHERE k.contact_id = w.contact_id
        AND k.category_id = \(family.category)::bigint AND k.manually_removed) AS has_left,
      EXISTS (SELECT FROM email_sends o WHERE o.family_id = \(family.id)
        AND o.contact_id = w.contact_id AND o.counts_once) AS has_it,
      f.frequency_number, f.frequency_time, f.pause_from_date, f.pause_to_date
    """
  }

  private var marketingJoins: SQL {
    """
    LEFT JOIN frequency_rules f ON f.contact_id = w.contact_id AND f.channel = 'email'
    """
  }

  private static func refusal(_ row: PostgresRow) throws -> MailRefusal? {
    if try row.decode("has_left", as: Bool.self) { return .categoryUnsubscribed }
    if try row.decode("has_it", as: Bool.self) { return .alreadySent }
    return nil
  }

  /// Returns the frequency rule of a row; nil if it only carries a preference (EML-240).
  static func ownRule(_ row: PostgresRow) throws -> FrequencyRule? {
    guard let number: Int = try row.decode("frequency_number"), number > 0,
      let unit = try row.decode("frequency_time", as: String?.self).flatMap(
        FrequencyRule.Unit.init)
    else { return nil }
    return FrequencyRule(number: number, unit: unit)
  }

  /// Returns the day after the current pause (EML-249); a pause without an end is checked again after a day.
  static func pauseEnd(_ row: PostgresRow, now: Date) throws -> Date? {
    let from: Date? = try row.decode("pause_from_date")
    let to: Date? = try row.decode("pause_to_date")
    guard from != nil || to != nil else { return nil }
    let end = to.map { FrequencyClock.next($0, .day) }
    guard (from ?? .distantPast) <= now, now < (end ?? .distantFuture) else { return nil }
    return end ?? FrequencyClock.next(now, .day)
  }

  /// Holds back recipients whose rule allows no further message (EML-241, EML-251).
  private mutating func hold(
    _ rules: [(index: Int, rule: FrequencyRule)], on connection: PostgresConnection
  ) async throws {
    guard !rules.isEmpty else { return }
    let counts = try await FrequencyClock.counts(
      rules.map { (accepted[$0.index].recipient.contact, $0.rule.unit) }, now: now, on: connection)
    for (index, rule) in rules
    where counts[accepted[index].recipient.contact] ?? 0 >= rule.number {
      accepted[index].hold = (FrequencyClock.next(now, rule.unit), "frequency")
    }
  }

  // MARK: Versions

  /// Picks translations by the contact's locale, and variants at random by their weights.
  mutating func pickVersion(on connection: PostgresConnection) async throws {
    for index in accepted.indices {
      accepted[index].version = family.translation(for: accepted[index].locale).id
    }
    guard !family.variants.isEmpty else { return }
    var open = accepted.indices.filter { accepted[$0].version == family.id }
    guard !open.isEmpty else { return }
    // Requests that give out variants take turns, so that the numbers add up.
    let rows = try await connection.query(SendPlannerStatements.lockVersions(of: family))
    var chosen: [Int64: Int] = [:]
    for row in rows { chosen[try row.decode(at: 0)] = try row.decode(at: 1) }
    var variants = family.variants
    for index in variants.indices { variants[index].chosen = chosen[variants[index].id] ?? 0 }
    let shares = EmailFamily.shares(
      variants, parentChosen: chosen[family.id] ?? 0, count: open.count)
    open.shuffle()
    var given: [Int64: Int] = [:]
    for (variant, share) in zip(variants, shares) where share > 0 {
      for index in open.suffix(share) { accepted[index].version = variant.id }
      open.removeLast(share)
      given[variant.id] = share
    }
    given[family.id] = open.count
    try await connection.query(SendPlannerStatements.countChosen(given))
  }

  // MARK: Writing

  /// Writes the sends, the queue entries of held ones, and the jobs of the others.
  mutating func write(in transaction: Transaction) async throws {
    // In the order of contacts, as in all transactions.
    accepted.sort { $0.recipient.contact < $1.recipient.contact }
    let ready = accepted.filter { $0.hold == nil }
    let held = accepted.filter { $0.hold != nil }
    if !ready.isEmpty {
      let rows = try await transaction.query(insert(ready, state: .queued))
      try SendJobs.add(
        rows, priority: request.sendPriority(isBulk: isBulk), outbox: transaction.outbox)
      if rows.count < ready.count {
        try await notice(missing: rows, of: ready, on: transaction.connection)
      }
    }
    guard !held.isEmpty else { return }
    let rows = try await transaction.query(
      """
      WITH written AS (\(sql: insert(held, state: .held))),
      queued AS (
        INSERT INTO message_queue (contact_id, channel_id, send_id, source_kind, source_id,
          priority, max_attempts, reason, date_added, scheduled_at)
        SELECT w.contact_id, w.email_id, w.id, \(request.source.kind), \(request.source.id)::bigint,
          \(isBulk ? 2 : request.priority)::smallint, \(request.maxAttempts)::smallint,
          h.reason, \(transaction.now), h.until
        FROM written w JOIN unnest(\(held.map(\.recipient.contact))::bigint[],
          \(held.map { $0.hold?.until ?? transaction.now })::timestamptz[],
          \(held.map { $0.hold?.reason ?? "" })::text[]) AS h (contact_id, until, reason)
          ON h.contact_id = w.contact_id
        ORDER BY w.contact_id
      )
      SELECT id, email_id, contact_id FROM written
      """)
    if rows.count < held.count {
      try await notice(missing: rows, of: held, on: transaction.connection)
    }
  }

  /// Handles sends that were not inserted. Recipients whose key exists were accepted by a concurrent request; the
  /// others already have the e-mail.
  private mutating func notice(
    missing rows: PostgresRows, of entries: [Accepted], on connection: PostgresConnection
  ) async throws {
    var written: [Int64: Int] = [:]
    for row in rows { written[try row.decode(at: 2), default: 0] += 1 }
    let left = entries.filter { entry in
      guard let count = written[entry.recipient.contact], count > 0 else { return true }
      written[entry.recipient.contact] = count - 1
      return false
    }
    let keys = left.map(\.recipient.key)
    let known = Set(
      try await connection.query(SendPlannerStatements.known(keys)).map {
        try $0.decode(at: 0, as: String.self)
      })
    for entry in left where !known.contains(entry.recipient.key) {
      refusals[entry.recipient.contact] = .alreadySent
    }
  }
}
