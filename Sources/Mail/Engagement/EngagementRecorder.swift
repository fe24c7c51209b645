import Contacts
import Foundation
import JobQueue
import Postgres
import Primitives

/// Records opens and clicks in sets (email.md 11 and 12).
struct EngagementRecorder: Sendable {
  let jobs: JobClient
  let settings: MailSettingsSource
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
    try await batch.judge(try await settings.current().machines, on: transaction.connection)
    try await batch.write(on: transaction.connection)
    try await batch.apply(in: transaction)
    try await batch.correct(in: transaction)
    guard batch.isNew else { return }
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
    var sentAt: Date?
    var isRead: Bool
    /// Whether only machines have opened it so far, before and after this batch.
    var (wasMachineRead, isMachineRead): (Bool, Bool)
    /// The number of clicks of machines, before and after this batch.
    var (machineClicksBefore, machineClicks): (Int, Int)
  }

  struct Click {
    var engagement: MailEngagement
    var link: Int64
    var url: String
    var isUnique: Bool
  }

  let engagements: [MailEngagement]
  var sends: [UUID: Send] = [:]
  private(set) var opens: [MailOpen] = []
  private(set) var clicks: [MailClick] = []
  /// The engagement that first opened a send, by the send's hash.
  private(set) var first: [UUID: MailEngagement] = [:]
  private(set) var newOpens: [MailEngagement] = []
  private(set) var newClicks: [Click] = []
  /// What is known of the clicks on the sends, by their hashes.
  var judges: [UUID: MachineJudge] = [:]
  /// Why engagements are machines', by their ids.
  var reasons: [UUID: String] = [:]
  /// The recorded clicks that have turned out to be machines'.
  var corrections: [EngagementStatements.Correction] = []

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
      let isMachineRead: Bool = try row.decode("is_machine_read")
      let machineClicks: Int = try row.decode("machine_click_count")
      sends[try row.decode("hash")] = Send(
        id: try row.decode("id"), contact: try row.decode("contact_id"),
        email: try row.decode("email_id"), family: try row.decode("family_id"),
        source: SendSource(kind: try row.decode("source_kind"), id: try row.decode("source_id")),
        sentAt: try row.decode("sent_at"), isRead: try row.decode("is_read"),
        wasMachineRead: isMachineRead, isMachineRead: isMachineRead,
        machineClicksBefore: machineClicks, machineClicks: machineClicks)
    }
  }

  /// Whether anything is to be told or counted.
  var isNew: Bool {
    !newOpens.isEmpty || !newClicks.isEmpty || !corrections.isEmpty
      || sends.values.contains { $0.wasMachineRead != $0.isMachineRead }
  }

  private func event(_ engagement: MailEngagement, _ send: Send) -> SendEvent {
    SendEvent(
      send: send.id, contact: send.contact, email: send.email, family: send.family,
      source: send.source, at: engagement.at)
  }

  /// Writes the details; those already present are excluded from everything that follows.
  mutating func write(on connection: PostgresConnection) async throws {
    let known = engagements.filter { sends[$0.hash] != nil }
    let opens = known.filter { if case .open = $0.kind { true } else { false } }
    if !opens.isEmpty {
      let rows = try await connection.query(
        EngagementStatements.insertOpens(opens, sends, reasons))
      let written = Set(try rows.map { try $0.decode(at: 0, as: UUID.self) })
      newOpens = opens.filter { written.contains($0.id) }
    }
    let traps = known.filter { $0.kind == .trap }
    if !traps.isEmpty {
      try await connection.query(EngagementStatements.insertTraps(traps, sends))
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
    let written = try await connection.query(
      EngagementStatements.insertHits(known, sends, reasons))
    let new = Set(try written.map { try $0.decode(at: 0, as: UUID.self) })
    for (engagement, link) in known where new.contains(engagement.id) {
      let send = sends[engagement.hash]?.id ?? 0
      let isUnique = seen.insert([send, link]).inserted
      newClicks.append(
        Click(engagement: engagement, link: link, url: urls[link] ?? "", isUnique: isUnique))
    }
  }

  // MARK: Effects

  /// Updates the flags, and the contacts' last activity and addresses.
  mutating func apply(in transaction: Transaction) async throws {
    // The sends that a person has opened in this batch.
    var seen: Set<UUID> = []
    for engagement in newOpens {
      guard let send = sends[engagement.hash] else { continue }
      let isFirst = !send.isRead && first[engagement.hash] == nil
      if isFirst { first[engagement.hash] = engagement }
      if reasons[engagement.id] == nil { seen.insert(engagement.hash) }
      opens.append(
        MailOpen(
          event: event(engagement, send), isFirst: isFirst, machine: reasons[engagement.id]))
    }
    for click in newClicks where reasons[click.engagement.id] == nil {
      guard let send = sends[click.engagement.hash] else { continue }
      clicks.append(
        MailClick(
          event: event(click.engagement, send), id: click.engagement.id, link: click.link,
          url: click.url, visit: click.engagement.visit))
      // A click implies an open (EML-353), and a person's where only machines have opened it (EML-361).
      let isFirst = !send.isRead && first[click.engagement.hash] == nil
      if isFirst { first[click.engagement.hash] = click.engagement }
      if !send.isRead || send.wasMachineRead, seen.insert(click.engagement.hash).inserted {
        opens.append(MailOpen(event: event(click.engagement, send), isFirst: isFirst))
      }
    }
    guard !newOpens.isEmpty || !newClicks.isEmpty else { return }
    try await updateSends(on: transaction.connection)
    try await touchContacts(in: transaction)
  }

  private mutating func updateSends(on connection: PostgresConnection) async throws {
    var changes: [Int64: EngagementStatements.SendChange] = [:]
    for engagement in newOpens {
      guard let send = sends[engagement.hash] else { continue }
      let isMachine = reasons[engagement.id] != nil
      changes[send.id, default: .init()].addOpen(engagement, isMachine: isMachine)
    }
    for click in newClicks {
      guard let send = sends[click.engagement.hash] else { continue }
      let isMachine = reasons[click.engagement.id] != nil
      changes[send.id, default: .init()].addClick(isMachine: isMachine)
      if isMachine { sends[click.engagement.hash]?.machineClicks += 1 }
    }
    for (hash, send) in sends {
      guard let change = changes[send.id] else { continue }
      sends[hash]?.isMachineRead =
        !change.isByPerson && (send.isRead ? send.isMachineRead : change.opens > 0)
    }
    for (hash, engagement) in first {
      guard let send = sends[hash], var change = changes[send.id] else { continue }
      change.readAt = engagement.at
      // The click itself was the open.
      if change.opens == 0 { (change.opens, change.lastAt) = (1, engagement.at) }
      changes[send.id] = change
    }
    for send in sends.values { changes[send.id]?.isMachineRead = send.isMachineRead }
    try await connection.query(EngagementStatements.updateSends(changes))
  }

  /// What machines do is no activity of the contact, and their addresses are not the contact's.
  private func touchContacts(in transaction: Transaction) async throws {
    var last: [Int64: Date] = [:]
    var places: [Int64: Set<String>] = [:]
    var others: Set<Int64> = []
    for engagement in newOpens + newClicks.map(\.engagement) {
      guard let contact = sends[engagement.hash]?.contact ?? nil else { continue }
      guard reasons[engagement.id] == nil else {
        others.insert(contact)
        continue
      }
      last[contact] = max(last[contact] ?? engagement.at, engagement.at)
      if let address = engagement.address, IPAddressText.isValid(address) {
        places[contact, default: []].insert(address)
      }
    }
    try await IPAddresses.add(
      places.flatMap { contact, addresses in addresses.map { (contact, $0) } }, in: transaction)
    try await ContactActivity.touch(
      last, telling: clicks.isEmpty ? [.emailRead] : [.emailRead, .emailClicked], in: transaction)
    try await ContactChanges.mark(
      others.subtracting(last.keys).sorted(), [.emailRead], in: transaction)
  }
}
