import Contacts
import Foundation
import JobQueue
import Postgres
import Primitives

/// Records opens and clicks in sets (email.md 11 and 12).
struct EngagementRecorder: Sendable {
  let jobs: JobClient
  let observers: [any MailObserver]

  /// Records engagements in a transaction of its own.
  func record(_ engagements: [MailEngagement], now: Date) async throws {
    guard !engagements.isEmpty else { return }
    try await jobs.transaction(at: now) { transaction in
      try await record(engagements, in: transaction)
    }
  }

  /// Records engagements. Those recorded before and those of unknown sends have no effect.
  func record(_ engagements: [MailEngagement], in transaction: Transaction) async throws {
    guard !engagements.isEmpty else { return }
    var batch = try await EngagementBatch(engagements, on: transaction.connection)
    guard !batch.sends.isEmpty else { return }
    try await batch.write(on: transaction.connection)
    try await batch.apply(in: transaction)
    guard !batch.opens.isEmpty || !batch.clicks.isEmpty else { return }
    for observer in observers {
      if !batch.opens.isEmpty {
        try await observer.opened(batch.opens, in: transaction)
      }
      if !batch.clicks.isEmpty {
        try await observer.clicked(batch.clicks, in: transaction)
      }
    }
    await batch.count(on: transaction.connection)
  }
}

/// Engagements with their sends, which are locked after their contacts.
struct EngagementBatch {
  struct Send {
    var id: Int64
    var contact: Int64?
    var email: Int64?
    var family: Int64?
    var source: SendSource
    var isRead: Bool
  }

  let engagements: [MailEngagement]
  var sends: [UUID: Send] = [:]
  private(set) var opens: [MailOpen] = []
  var clicks: [MailClick] = []
  /// The engagement that first opened a send, by the send's hash.
  var first: [UUID: MailEngagement] = [:]
  private var newOpens: [MailEngagement] = []
  var newClicks: [(engagement: MailEngagement, link: Int64, url: String, isUnique: Bool)] = []

  init(_ engagements: [MailEngagement], on connection: PostgresConnection) async throws {
    // An engagement that was appended again for want of an answer counts once.
    var seen: Set<UUID> = []
    let engagements = engagements.filter { seen.insert($0.id).inserted }
    // In order of time, which decides which one was first (EML-345).
    self.engagements = engagements.sorted { ($0.at, $0.id.uuidString) < ($1.at, $1.id.uuidString) }
    let hashes = Array(Set(engagements.map(\.hash)))
    let contacts: [Int64] = try await connection.query(EngagementStatements.contacts(of: hashes))
      .map { try $0.decode(at: 0) }
    _ = try await ContactLock.lock(contacts, on: connection)
    let rows = try await connection.query(EngagementStatements.lockSends(hashes))
    for row in rows {
      sends[try row.decode("hash")] = Send(
        id: try row.decode("id"), contact: try row.decode("contact_id"),
        email: try row.decode("email_id"), family: try row.decode("family_id"),
        source: SendSource(kind: try row.decode("source_kind"), id: try row.decode("source_id")),
        isRead: try row.decode("is_read"))
    }
  }

  private func event(_ engagement: MailEngagement, _ send: Send) -> SendEvent {
    SendEvent(
      send: send.id, contact: send.contact, email: send.email, family: send.family,
      source: send.source, at: engagement.at)
  }

  /// Writes the details; those already present are excluded from everything that follows.
  mutating func write(on connection: PostgresConnection) async throws {
    let opens = engagements.filter {
      if case .open = $0.kind { sends[$0.hash] != nil } else { false }
    }
    if !opens.isEmpty {
      let rows = try await connection.query(EngagementStatements.insertOpens(opens, sends))
      let written = Set(try rows.map { try $0.decode(at: 0, as: UUID.self) })
      newOpens = opens.filter { written.contains($0.id) }
    }
    try await writeClicks(on: connection)
  }

  private mutating func writeClicks(on connection: PostgresConnection) async throws {
    let clicks = engagements.compactMap {
      engagement -> (engagement: MailEngagement, link: Int64)? in
      guard case .click(let link) = engagement.kind, sends[engagement.hash] != nil else {
        return nil
      }
      return (engagement, link)
    }
    guard !clicks.isEmpty else { return }
    let rows = try await connection.query(EngagementStatements.links(of: clicks))
    var (urls, emails): ([Int64: String], [Int64: Int64]) = ([:], [:])
    for row in rows {
      let link: Int64 = try row.decode(at: 0)
      urls[link] = try row.decode(at: 1)
      emails[link] = try row.decode(at: 2, as: Int64?.self)
    }
    let known = clicks.filter { engagement, link in
      guard urls[link] != nil else { return false }
      // A reference moved to a link of another e-mail is forged (EML-354).
      guard let own = sends[engagement.hash]?.email ?? nil, let email = emails[link] else {
        return true
      }
      return own == email
    }
    guard !known.isEmpty else { return }
    // One look-up for each, however often a link was clicked.
    let before = try await connection.query(EngagementStatements.earlierHits(known, sends))
    var seen = Set(
      try before.map {
        [try $0.decode(at: 0, as: Int64.self), try $0.decode(at: 1, as: Int64.self)]
      })
    let written = try await connection.query(EngagementStatements.insertHits(known, sends))
    let new = Set(try written.map { try $0.decode(at: 0, as: UUID.self) })
    for (engagement, link) in known where new.contains(engagement.id) {
      let send = sends[engagement.hash]?.id ?? 0
      let isUnique = seen.insert([send, link]).inserted
      newClicks.append((engagement, link, urls[link] ?? "", isUnique))
    }
  }

  // MARK: Effects

  /// Updates the flags, and the contacts' last activity and addresses.
  mutating func apply(in transaction: Transaction) async throws {
    for engagement in newOpens {
      guard let send = sends[engagement.hash] else { continue }
      let isFirst = !send.isRead && first[engagement.hash] == nil
      if isFirst { first[engagement.hash] = engagement }
      opens.append(MailOpen(event: event(engagement, send), isFirst: isFirst))
    }
    for click in newClicks {
      guard let send = sends[click.engagement.hash] else { continue }
      clicks.append(MailClick(event: event(click.engagement, send), url: click.url))
      // A click implies an open (EML-353).
      if !send.isRead, first[click.engagement.hash] == nil {
        first[click.engagement.hash] = click.engagement
        opens.append(MailOpen(event: event(click.engagement, send), isFirst: true))
      }
    }
    guard !opens.isEmpty || !clicks.isEmpty else { return }
    try await updateSends(on: transaction.connection)
    try await touchContacts(in: transaction)
  }

  private func updateSends(on connection: PostgresConnection) async throws {
    struct Change {
      var opens = 0
      var clicks = 0
      var readAt: Date?
      var lastAt: Date?
      var inBrowser = false
    }
    var changes: [Int64: Change] = [:]
    for engagement in newOpens {
      guard let send = sends[engagement.hash] else { continue }
      var change = changes[send.id] ?? Change()
      change.opens += 1
      change.lastAt = max(change.lastAt ?? engagement.at, engagement.at)
      if engagement.kind == .open(inBrowser: true) { change.inBrowser = true }
      changes[send.id] = change
    }
    for click in newClicks {
      guard let send = sends[click.engagement.hash] else { continue }
      changes[send.id, default: Change()].clicks += 1
    }
    for (hash, engagement) in first {
      guard let send = sends[hash], var change = changes[send.id] else { continue }
      change.readAt = engagement.at
      // The click itself was the open.
      if change.opens == 0 { (change.opens, change.lastAt) = (1, engagement.at) }
      changes[send.id] = change
    }
    let ids = changes.keys.sorted()
    let values = ids.compactMap { changes[$0] }
    try await connection.query(
      """
      UPDATE email_sends s SET open_count = s.open_count + n.opens,
        click_count = s.click_count + n.clicks, is_read = s.is_read OR n.opens > 0,
        read_at = CASE WHEN s.is_read THEN s.read_at ELSE n.read_at END,
        last_opened_at = greatest(s.last_opened_at, n.last_at),
        viewed_in_browser = s.viewed_in_browser OR n.in_browser,
        -- An open proves that the message arrived.
        state = CASE WHEN s.state = \(literal: SendState.unknown) THEN \(literal: SendState.sent) ELSE s.state END
      FROM unnest(\(ids)::bigint[], \(values.map(\.opens))::bigint[],
        \(values.map(\.clicks))::bigint[], \(values.map(\.readAt))::timestamptz[],
        \(values.map(\.lastAt))::timestamptz[], \(values.map(\.inBrowser))::boolean[])
        AS n (id, opens, clicks, read_at, last_at, in_browser)
      WHERE s.id = n.id
      """)
  }

  private func touchContacts(in transaction: Transaction) async throws {
    var last: [Int64: Date] = [:]
    var places: [Int64: Set<String>] = [:]
    for engagement in newOpens + newClicks.map(\.engagement) {
      guard let contact = sends[engagement.hash]?.contact ?? nil else { continue }
      last[contact] = max(last[contact] ?? engagement.at, engagement.at)
      if let address = engagement.address, IPAddressText.isValid(address) {
        places[contact, default: []].insert(address)
      }
    }
    try await IPAddresses.add(
      places.flatMap { contact, addresses in addresses.map { (contact, $0) } }, in: transaction)
    try await ContactActivity.touch(
      last, telling: clicks.isEmpty ? [.emailRead] : [.emailRead, .emailClicked], in: transaction)
  }
}
