import Foundation
import Postgres
import TestSupport

/// The required outcome, whatever was killed.
extension RunningCampaign {
  /// The differences from the end of an undisturbed run, or from what was answered; empty when all
  /// is right.
  func differences(
    _ ledger: Clients.Ledger, _ mail: MailReceiver
  ) async throws -> [String] {
    try await entries(ledger) + sends(mail) + calls() + points(ledger) + engagements(ledger)
      + names(ledger) + counters() + jobs()
  }

  private func rows(_ sql: SQL) async throws -> PostgresRows {
    try await installation.pool.query(sql)
  }

  /// Every contact has come to its end.
  private func entries(_ ledger: Clients.Ledger) async throws -> [String] {
    var states: [String: Int] = [:]
    for row in try await rows(
      """
      SELECT e.name || ' ' || l.state || coalesce(' ' || l.path::text, ''), count(*)
      FROM campaign_log l JOIN campaign_events e ON e.id = l.event_id
      WHERE l.campaign_id = \(campaign) GROUP BY 1
      """)
    { states[try row.decode(at: 0)] = try row.decode(at: 1) }
    let all = contacts + ledger.added.count
    let oslo = contacts / 3 + ledger.added.values.count { $0 }
    let opened = try await rows("SELECT count(*) FROM email_sends WHERE is_read")[0].decode(
      at: 0, as: Int.self)
    let expected = [
      "mail 3": all, "where 3 true": oslo, "where 3 false": all - oslo, "hook 3": oslo,
      "points 3": all - oslo, "opened 3 true": opened, "opened 1": all - opened, "bonus 3": opened,
    ].filter { $0.value > 0 }
    return states == expected ? [] : ["entries: \(states) instead of \(expected)"]
  }

  /// Each contact got its message once; where a worker died in between, once or not at all.
  private func sends(_ mail: MailReceiver) async throws -> [String] {
    var wrong: [String] = []
    var counts = mail.counts
    for row in try await rows(
      """
      SELECT c.email, s.state, count(*) FROM campaign_members m JOIN contacts c ON c.id = m.contact_id
        LEFT JOIN email_sends s ON s.contact_id = c.id GROUP BY 1, 2
      """)
    {
      let (address, state, sends) = try row.decode(String.self, Int?.self, Int.self)
      let got = counts.removeValue(forKey: address) ?? 0
      let isRight = sends == 1 && (state == 3 && got == 1 || state == 4 && got <= 1)
      if !isRight {
        wrong.append("\(address): \(sends) sends in state \(state ?? -1), \(got) messages")
      }
    }
    return wrong + counts.map { "\($0.key), a stranger, got \($0.value) messages" }
  }

  /// A summary of the run, in a line.
  func summary(_ ledger: Clients.Ledger) async throws -> String {
    let unknown: Int = try await rows("SELECT count(*) FROM email_sends WHERE state = 4")[0].decode(
      at: 0)
    let calls = receiver.asked.withLock { $0.filter { $0.line.contains("/hook") } }
    let keys = Set(calls.map(Self.key))
    func sum(_ times: some Collection<Clients.Times>) -> String {
      times.reduce(0) { $0 + $1.answered }.formatted()
    }
    return """
      \(unknown) unknown sends, \(calls.count - keys.count) of \(calls.count) calls repeated; answered: \
      \(ledger.added.count) contacts added, \(ledger.names.count) renamed, \
      \(sum(ledger.points.values)) times points, \(sum(ledger.opens.values)) opens, \
      \(sum(ledger.clicks.values)) clicks
      """
  }

  private static func key(_ call: HTTPStub.Asked) -> String {
    call.headers.first { $0.lowercased().hasPrefix("idempotency-key:") } ?? ""
  }

  /// The receiver recognises a repeated call by its key: one for each contact.
  private func calls() async throws -> [String] {
    var keys: [String: String] = [:]
    var wrong: [String] = []
    for call in receiver.asked.withLock({ $0 }) where call.line.contains("/hook") {
      let key = Self.key(call)
      if let known = keys.updateValue(call.body, forKey: key), known != call.body {
        wrong.append("\(key) names \(known) and \(call.body)")
      }
    }
    if Set(keys.values).count != keys.count { wrong.append("a contact has two keys") }
    let due: Int = try await rows(
      """
      SELECT count(*) FROM campaign_members m JOIN contacts c ON c.id = m.contact_id
      WHERE c.city = 'Oslo'
      """)[0].decode(at: 0)
    if keys.count != due { wrong.append("\(keys.count) webhooks instead of \(due)") }
    return wrong
  }

  /// Points are given once for what happened once.
  private func points(_ ledger: Clients.Ledger) async throws -> [String] {
    let asked = ledger.points.sorted { $0.key < $1.key }
    return try await rows(
      """
      SELECT c.id, c.points FROM contacts c
        JOIN email_sends s ON s.contact_id = c.id
        LEFT JOIN unnest(\(asked.map(\.key)), \(asked.map(\.value.answered)),
          \(asked.map(\.value.asked))) AS p (id, least, most) ON p.id = c.id
        CROSS JOIN LATERAL (SELECT CASE WHEN c.city = 'Oslo' THEN 0 ELSE 3 END
          + CASE WHEN s.is_read THEN 10 ELSE 0 END) AS due (points)
      WHERE (c.points - due.points) % 100 <> 0
        OR (c.points - due.points) / 100 NOT BETWEEN coalesce(least, 0) AND coalesce(most, 0)
      LIMIT 10
      """
    ).map {
      "contact \(try $0.decode(at: 0, as: Int64.self)) has \(try $0.decode(at: 1, as: Int.self)) points"
    }
  }

  /// Opens and clicks that were answered are there, and none twice.
  private func engagements(_ ledger: Clients.Ledger) async throws -> [String] {
    var wrong: [String] = []
    for (name, table, times) in [
      ("opened", "email_opens", ledger.opens), ("clicked", "link_hits", ledger.clicks),
    ] {
      var counts: [String: Int] = [:]
      for row in try await rows(
        """
        SELECT replace(s.hash::text, '-', ''), count(*) FROM \(identifier: table) a
          JOIN email_sends s ON s.id = a.send_id GROUP BY 1
        """)
      { counts[try row.decode(at: 0)] = try row.decode(at: 1) }
      let off = times.filter { hash, times in
        !(times.answered...times.asked).contains(counts.removeValue(forKey: hash) ?? 0)
      }
      if !off.isEmpty || !counts.isEmpty {
        wrong.append(
          "\(off.count) messages were \(name) more or less often than recorded: "
            + "\(off.prefix(3)); nobody has \(name) \(counts.count)")
      }
    }
    return wrong
  }

  private func names(_ ledger: Clients.Ledger) async throws -> [String] {
    let given = ledger.names.sorted { $0.key < $1.key }
    return try await rows(
      """
      SELECT c.id, c.firstname, n.name FROM unnest(\(given.map(\.key)), \(given.map(\.value)))
        AS n (id, name) LEFT JOIN contacts c ON c.id = n.id
      WHERE c.firstname IS DISTINCT FROM n.name LIMIT 10
      """
    ).map { "contact \(try $0.decode(at: 0, as: Int64?.self) ?? 0) is not called as it was said" }
  }

  /// The counters agree with the log.
  private func counters() async throws -> [String] {
    try await rows(
      """
      SELECT e.name FROM campaign_events e
        LEFT JOIN LATERAL (SELECT coalesce(sum(executed), 0) AS executed, coalesce(sum(yes), 0) AS yes
          FROM campaign_event_counts n WHERE n.event_id = e.id) AS n ON true
        LEFT JOIN LATERAL (SELECT count(*) FILTER (WHERE state = 3) AS executed,
            count(*) FILTER (WHERE state = 3 AND path) AS yes
          FROM campaign_log l WHERE l.event_id = e.id AND l.campaign_id = e.campaign_id) AS l ON true
      WHERE e.campaign_id = \(campaign) AND (n.executed, n.yes) <> (l.executed, l.yes)
      UNION ALL
      SELECT 'the e-mail' FROM emails e WHERE (sent_count, read_count) <> (
        SELECT count(*) FILTER (WHERE state IN (3, 4)), count(*) FILTER (WHERE is_read)
        FROM email_sends s WHERE s.email_id = e.id)
      """
    ).map { "the counters of \(try $0.decode(at: 0, as: String.self)) are wrong" }
  }

  /// No job was given up, and none that belongs to the campaign is left.
  private func jobs() async throws -> [String] {
    var wrong = try await rows(
      """
      SELECT name || ': ' || coalesce(last_error, '') FROM jobs
      WHERE state = 2 OR name IN ('mail.send', 'campaign.update') LIMIT 5
      """
    ).map { "left: \(try $0.decode(at: 0, as: String.self))" }
    let connection = try installation.redis.connect()
    for queue in ["campaigns", "mail", "mail-first", "segments", "points", "contacts"] {
      let dead = try await connection.send("ZCARD", "martlet:{\(queue)}:dead").int ?? 0
      if dead > 0 { wrong.append("\(dead) jobs of \(queue) are dead") }
    }
    await connection.close()
    return wrong
  }
}
