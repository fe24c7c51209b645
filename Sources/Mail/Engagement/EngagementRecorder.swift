import Contacts
import Foundation
import JobQueue
import Postgres
import Primitives

/// Writes down opens and clicks in sets (email.md 11 and 12).
struct EngagementRecorder: Sendable {
  let jobs: JobClient
  let observers: [any MailObserver]

  /// One transaction of its own.
  func record(_ acts: [MailEngagement], now: Date) async throws {
    guard !acts.isEmpty else { return }
    try await jobs.transaction(at: now) { transaction in
      try await record(acts, in: transaction)
    }
  }

  /// Acts that were written before, and those of unknown sends, have no effect.
  func record(_ acts: [MailEngagement], in transaction: Transaction) async throws {
    guard !acts.isEmpty else { return }
    var batch = try await EngagementBatch(acts, on: transaction.connection)
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

/// Acts with the sends that they are about, which are locked, contacts first.
struct EngagementBatch {
  struct Send {
    var id: Int64
    var contact: Int64?
    var email: Int64?
    var family: Int64?
    var source: SendSource
    var isRead: Bool
  }

  let acts: [MailEngagement]
  var sends: [UUID: Send] = [:]
  private(set) var opens: [MailOpen] = []
  var clicks: [MailClick] = []
  /// The act by which a send was opened for the first time.
  var first: [UUID: MailEngagement] = [:]
  private var newOpens: [MailEngagement] = []
  var newClicks: [(act: MailEngagement, link: Int64, url: String, isUnique: Bool)] = []

  init(_ acts: [MailEngagement], on connection: PostgresConnection) async throws {
    // One that was appended again, since nobody answered, counts once.
    var seen: Set<UUID> = []
    let acts = acts.filter { seen.insert($0.id).inserted }
    // In the order in which things happened, which decides what was first (EML-345).
    self.acts = acts.sorted { ($0.at, $0.id.uuidString) < ($1.at, $1.id.uuidString) }
    let hashes = Array(Set(acts.map(\.hash)))
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

  private func fact(_ act: MailEngagement, _ send: Send) -> SendEvent {
    SendEvent(
      send: send.id, contact: send.contact, email: send.email, family: send.family,
      source: send.source, at: act.at)
  }

  /// Writes the details; what is there already is left out of everything that follows.
  mutating func write(on connection: PostgresConnection) async throws {
    let opens = acts.filter { if case .open = $0.kind { sends[$0.hash] != nil } else { false } }
    if !opens.isEmpty {
      let rows = try await connection.query(EngagementStatements.insertOpens(opens, sends))
      let written = Set(try rows.map { try $0.decode(at: 0, as: UUID.self) })
      newOpens = opens.filter { written.contains($0.id) }
    }
    try await writeClicks(on: connection)
  }

  private mutating func writeClicks(on connection: PostgresConnection) async throws {
    let clicks = acts.compactMap { act -> (act: MailEngagement, link: Int64)? in
      guard case .click(let link) = act.kind, sends[act.hash] != nil else { return nil }
      return (act, link)
    }
    guard !clicks.isEmpty else { return }
    let rows = try await connection.query(EngagementStatements.links(of: clicks))
    var (urls, emails): ([Int64: String], [Int64: Int64]) = ([:], [:])
    for row in rows {
      let link: Int64 = try row.decode(at: 0)
      urls[link] = try row.decode(at: 1)
      emails[link] = try row.decode(at: 2, as: Int64?.self)
    }
    let known = clicks.filter { act, link in
      guard urls[link] != nil else { return false }
      // A reference that was put to a link of another e-mail is forged (EML-354).
      guard let own = sends[act.hash]?.email ?? nil, let email = emails[link] else { return true }
      return own == email
    }
    guard !known.isEmpty else { return }
    // A look-up for each, however often a link was followed.
    let before = try await connection.query(EngagementStatements.earlierHits(known, sends))
    var seen = Set(
      try before.map {
        [try $0.decode(at: 0, as: Int64.self), try $0.decode(at: 1, as: Int64.self)]
      })
    let written = try await connection.query(EngagementStatements.insertHits(known, sends))
    let new = Set(try written.map { try $0.decode(at: 0, as: UUID.self) })
    for (act, link) in known where new.contains(act.id) {
      let send = sends[act.hash]?.id ?? 0
      let isUnique = seen.insert([send, link]).inserted
      newClicks.append((act, link, urls[link] ?? "", isUnique))
    }
  }

  // MARK: Effects

  /// Flags, the contacts' last activity and addresses.
  mutating func apply(in transaction: Transaction) async throws {
    for act in newOpens {
      guard let send = sends[act.hash] else { continue }
      let isFirst = !send.isRead && first[act.hash] == nil
      if isFirst { first[act.hash] = act }
      opens.append(MailOpen(fact: fact(act, send), isFirst: isFirst))
    }
    for click in newClicks {
      guard let send = sends[click.act.hash] else { continue }
      clicks.append(MailClick(fact: fact(click.act, send), url: click.url))
      // Who has followed a link has opened the message (EML-353).
      if !send.isRead, first[click.act.hash] == nil {
        first[click.act.hash] = click.act
        opens.append(MailOpen(fact: fact(click.act, send), isFirst: true))
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
    for act in newOpens {
      guard let send = sends[act.hash] else { continue }
      var change = changes[send.id] ?? Change()
      change.opens += 1
      change.lastAt = max(change.lastAt ?? act.at, act.at)
      if act.kind == .open(inBrowser: true) { change.inBrowser = true }
      changes[send.id] = change
    }
    for click in newClicks {
      guard let send = sends[click.act.hash] else { continue }
      changes[send.id, default: Change()].clicks += 1
    }
    for (hash, act) in first {
      guard let send = sends[hash], var change = changes[send.id] else { continue }
      change.readAt = act.at
      // The click itself was the open.
      if change.opens == 0 { (change.opens, change.lastAt) = (1, act.at) }
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
        -- Whoever opens a message has got it.
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
    for act in newOpens + newClicks.map(\.act) {
      guard let contact = sends[act.hash]?.contact ?? nil else { continue }
      last[contact] = max(last[contact] ?? act.at, act.at)
      if let address = act.address, IPAddressText.isValid(address) {
        places[contact, default: []].insert(address)
      }
    }
    try await IPAddresses.add(
      places.flatMap { contact, addresses in addresses.map { (contact, $0) } }, in: transaction)
    try await ContactActivity.touch(
      last, telling: clicks.isEmpty ? [.emailRead] : [.emailRead, .emailClicked], in: transaction)
  }

  // MARK: Counters
}
